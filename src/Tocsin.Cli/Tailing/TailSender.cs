using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Tocsin.Cli.Tailing;

/// <summary>Brings batches to the server and does not give up while sending again can help.</summary>
internal sealed class TailSender : IDisposable
{
    private readonly TailSettings _settings;
    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly Action<string> _tell;

    public TailSender(TailSettings settings, TimeProvider clock, Action<string> tell)
    {
        (_settings, _clock, _tell) = (settings, clock, tell);
        _http = new HttpClient { BaseAddress = new Uri(settings.Url.AbsoluteUri.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(60) };
        if (!string.IsNullOrEmpty(settings.Key))
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
    }

    /// <summary>Records that the server has stored.</summary>
    public long Stored { get; private set; }

    /// <summary>Records that the server will never store; each was told.</summary>
    public long Rejected { get; private set; }

    /// <summary>Returns when every line is stored or refused for good.</summary>
    public async Task Send(string route, TailBatch batch, CancellationToken cancel)
    {
        if (batch.Count > 0)
            await Send(route, batch, 0, batch.Count, cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task Send(string route, TailBatch batch, int first, int count, CancellationToken cancel)
    {
        TimeSpan wait = _settings.FirstRetry;
        string? told = null;
        while (true)
        {
            (Answer answer, string why, TimeSpan? after) = await Post(route, batch.Lines(first, count), count, cancel);
            if (answer == Answer.Done)
            {
                if (told is not null)
                    _tell("the server takes records again");
                return;
            }
            if (answer == Answer.TooLarge && count > 1)
            {
                await Send(route, batch, first, count / 2, cancel);
                await Send(route, batch, first + count / 2, count - count / 2, cancel);
                return;
            }
            if (answer is Answer.TooLarge or Answer.Refused)
            {
                Rejected += count;
                _tell($"{count} records were refused for good: {why}");
                return;
            }
            if (told != why)
                _tell($"{why}; trying again, nothing is lost while the file is there");
            told = why;
            await Task.Delay(after ?? wait, _clock, cancel);
            wait = TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, _settings.LongestRetry.Ticks));
        }
    }

    private async Task<(Answer, string Why, TimeSpan? After)> Post(
        string route, ReadOnlyMemory<byte> lines, int count, CancellationToken cancel)
    {
        try
        {
            using var content = new ByteArrayContent(Pack(lines.Span));
            content.Headers.ContentEncoding.Add("gzip");
            using HttpResponseMessage answer = await _http.PostAsync(route, content, cancel);
            string body = await answer.Content.ReadAsStringAsync(cancel);
            if (answer.IsSuccessStatusCode)
            {
                Book(body, count);
                return (Answer.Done, "", null);
            }
            string why = answer.StatusCode == HttpStatusCode.Unauthorized
                ? "the server wants a key: give --key or set TOCSIN_KEY"
                : $"the server answers {(int)answer.StatusCode}: {body[..Math.Min(body.Length, 500)].Trim()}";
            return (answer.StatusCode switch
            {
                HttpStatusCode.RequestEntityTooLarge => Answer.TooLarge,
                HttpStatusCode.BadRequest => Answer.Refused,
                _ => Answer.Later,
            }, why, answer.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException unreachable)
        {
            return (Answer.Later, $"no server answers at {_settings.Url} ({unreachable.Message})", null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (Answer.Later, $"the server at {_settings.Url} does not answer in time", null);
        }
    }

    private void Book(string body, int count)
    {
        long rejected = 0;
        try
        {
            using var answer = JsonDocument.Parse(body);
            foreach (string name in new[] { "rejected", "Rejected" })
            {
                if (answer.RootElement.TryGetProperty(name, out JsonElement number) && number.TryGetInt64(out long some))
                    rejected = Math.Clamp(some, 0, count);
            }
        }
        catch (JsonException)
        {
            // Not our server's words; its status was success.
        }
        Stored += count - rejected;
        Rejected += rejected;
        if (rejected > 0)
            _tell($"{rejected} of {count} records were rejected: {body[..Math.Min(body.Length, 1000)]}");
    }

    private static byte[] Pack(ReadOnlySpan<byte> lines)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(lines);
        return packed.ToArray();
    }

    private enum Answer
    {
        Done,
        Later,
        TooLarge,
        Refused,
    }
}
