using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Tocsin.Channels;

/// <summary>What came back from one POST. The body is cut.</summary>
internal readonly record struct HttpAnswer(int Status, string Body, TimeSpan? RetryAfter)
{
    public override string ToString() => Body.Length == 0 ? $"HTTP {Status}" : $"HTTP {Status}: {Body}";
}

/// <summary>
/// The one HTTP client of all channels: guarded connections, no redirects, no cookies, no proxy, bounded time and
/// bounded answers. Turns whatever happens into a <see cref="SendResult"/>; no reason contains the path of the address.
/// </summary>
internal sealed class HttpSender : IDisposable
{
    private const int AnswerBytes = 8 * 1024;
    private const int AnswerChars = 300;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private readonly HttpClient _client;
    private readonly TimeProvider _clock;

    public HttpSender(SsrfGuard guard, TimeProvider clock)
    {
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = guard.Connect,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <param name="judge">Looks behind a 2xx: null accepts it.</param>
    public async Task<SendResult> Post(
        Uri url, byte[] json, IReadOnlyList<(string Name, string Value)> headers,
        Func<HttpAnswer, SendResult?>? judge, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(json) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
            request.Headers.TryAddWithoutValidation("User-Agent", "Tocsin");
            foreach ((string name, string value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using HttpResponseMessage response = await _client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            HttpAnswer answer = await Read(response, url, either.Token).ConfigureAwait(false);
            return answer.Status is >= 200 and < 300 && judge?.Invoke(answer) is { } verdict ? verdict : Judge(answer);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new SendResult.RetryLater(
                $"no answer from {url.Authority} in time", MayHaveArrived: deadline.IsCancellationRequested);
        }
        catch (HttpRequestException broken)
        {
            return Judge(broken, url);
        }
    }

    /// <summary>The table all HTTP channels share.</summary>
    internal static SendResult Judge(HttpAnswer answer) => answer.Status switch
    {
        >= 200 and < 300 => new SendResult.Sent(answer.ToString()),
        429 or 503 => new SendResult.RetryLater(answer.ToString(), answer.RetryAfter),
        408 or >= 500 => new SendResult.RetryLater(answer.ToString(), answer.RetryAfter, MayHaveArrived: true),
        >= 300 and < 400 => new SendResult.Rejected($"{answer}; redirects are not followed, use the final address"),
        _ => new SendResult.Rejected(answer.ToString()),
    };

    private static SendResult Judge(HttpRequestException broken, Uri url)
    {
        if (Find<AddressRefusedException>(broken) is { } refused)
            return new SendResult.Rejected(refused.Message);
        bool early = broken.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError;
        string cause = Find<SocketException>(broken) is { } socket
            ? socket.SocketErrorCode.ToString()
            : broken.HttpRequestError.ToString();
        return new SendResult.RetryLater($"no connection to {url.Authority}: {cause}", MayHaveArrived: !early);
    }

    private static T? Find<T>(Exception? cause)
        where T : Exception
    {
        for (; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
                return found;
        }
        return null;
    }

    private async Task<HttpAnswer> Read(HttpResponseMessage response, Uri url, CancellationToken cancel)
    {
        string body = "";
        try
        {
            var buffer = new byte[AnswerBytes];
            using Stream stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            int length = await stream.ReadAtLeastAsync(buffer, AnswerBytes, false, cancel).ConfigureAwait(false);
            body = Text.OneLine(WithoutPath(Encoding.UTF8.GetString(buffer, 0, length), url), AnswerChars);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status line has arrived and decides; the body is only for people.
        }
        return new HttpAnswer((int)response.StatusCode, body, RetryAfter(response));
    }

    /// <summary>Some servers quote the path they do not know, and the path of a chat service's address is its token.</summary>
    private static string WithoutPath(string body, Uri url)
    {
        foreach (string secret in new[] { url.PathAndQuery, url.Query, url.AbsolutePath, Uri.UnescapeDataString(url.AbsolutePath) })
        {
            if (secret.Length > 1)
                body = body.Replace(secret, Text.Mask, StringComparison.OrdinalIgnoreCase);
        }
        return body;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out HeaderStringValues values))
            return null;
        string text = values.ToString();
        TimeSpan after;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && double.IsFinite(seconds))
            after = TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds));
        else if (RetryConditionHeaderValue.TryParse(text, out RetryConditionHeaderValue? value) && value.Date is { } date)
            after = date - _clock.GetUtcNow();
        else
            return null;
        return after < TimeSpan.Zero ? TimeSpan.Zero : after > LongestWait ? LongestWait : after;
    }

    public void Dispose() => _client.Dispose();
}
