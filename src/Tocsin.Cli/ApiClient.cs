using System.CommandLine;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Tocsin.Cli;

/// <summary>Talks to a running server and turns whatever goes wrong into one plain line and an exit code.</summary>
internal sealed class ApiClient(string url, string? key) : IDisposable
{
    public static readonly Option<string> Url = new("--url")
    {
        Description = "address of the server (default: $TOCSIN_URL or http://127.0.0.1:4480)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("TOCSIN_URL") is { Length: > 0 } u ? u : "http://127.0.0.1:4480",
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = "admin password or key (default: $TOCSIN_KEY)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("TOCSIN_KEY"),
    };

    public static readonly Option<bool> Json = new("--json") { Description = "print JSON for machines" };

    private readonly HttpClient _http = new() { BaseAddress = new Uri(url.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Adds the options every client verb has and runs <paramref name="work"/> with a client.</summary>
    public static void Attach(Command command, Func<ParseResult, ApiClient, CancellationToken, Task<int>> work)
    {
        command.Options.Add(Url);
        command.Options.Add(Key);
        command.Options.Add(Json);
        command.SetAction(async (parsed, cancel) =>
        {
            string url = parsed.GetValue(Url)!;
            if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsedUrl) || parsedUrl.Scheme is not ("http" or "https"))
                return Complain($"--url: an http or https address is expected, found '{url}'", ExitCode.Usage);
            using var client = new ApiClient(url, parsed.GetValue(Key));
            try
            {
                return await work(parsed, client, cancel);
            }
            catch (ApiException refused)
            {
                return Complain(refused.Message, ExitCode.Refused);
            }
            catch (HttpRequestException unreachable)
            {
                return Complain($"no server answers at {url} ({unreachable.Message}); start one with 'tocsin serve' or name it with --url", ExitCode.Unreachable);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return ExitCode.Ok;
            }
        });
    }

    public async Task<JsonElement> Get(string path, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await Send(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
    }

    public async Task<JsonElement> Post(string path, object body, CancellationToken cancel)
    {
        using HttpResponseMessage answer =
            await Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, cancel);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
    }

    /// <summary>Copies an answer as it comes; the number of bytes.</summary>
    public async Task<long> Copy(string path, object body, Stream to, CancellationToken cancel)
    {
        using HttpResponseMessage answer =
            await Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, cancel);
        await using Stream from = await answer.Content.ReadAsStreamAsync(cancel);
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        for (int read; (read = await from.ReadAsync(buffer, cancel)) > 0; total += read)
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
        return total;
    }

    /// <summary>Yields (event, data) pairs of a server-sent event stream until it ends or is cancelled.</summary>
    public async IAsyncEnumerable<(string Event, string Data)> Events(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using HttpResponseMessage answer = await Send(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel), Encoding.UTF8);
        (string name, var data) = ("message", new StringBuilder());
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("event:", StringComparison.Ordinal))
                name = line[6..].Trim();
            else if (line.StartsWith("data:", StringComparison.Ordinal))
                data.Append(line.AsSpan(5).TrimStart());
            else if (line.Length == 0 && data.Length > 0)
            {
                yield return (name, data.ToString());
                (name, _) = ("message", data.Clear());
            }
        }
    }

    public static int Complain(string problem, int code)
    {
        Console.Error.WriteLine($"tocsin: {problem}");
        return code;
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(key))
            request.Headers.Authorization = new("Bearer", key);
        request.RequestUri = new Uri($"api/tocsin/v1/{request.RequestUri}", UriKind.Relative);
        HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.IsSuccessStatusCode)
            return answer;
        string body = await answer.Content.ReadAsStringAsync(cancel);
        throw new ApiException(Explain((int)answer.StatusCode, body));
    }

    private static string Explain(int status, string body)
    {
        if (status == 401)
            return "the server wants a key: give --key or set TOCSIN_KEY";
        try
        {
            using var problem = JsonDocument.Parse(body);
            if (problem.RootElement.TryGetProperty("detail", out JsonElement detail) && detail.GetString() is { } text)
                return text;
            if (problem.RootElement.TryGetProperty("title", out JsonElement title))
                return $"{title.GetString()} (HTTP {status})";
        }
        catch (JsonException)
        {
            // Not our server's form; the raw text below is what there is to say.
        }
        return $"HTTP {status} {body[..Math.Min(body.Length, 300)].Trim()}";
    }
}

/// <summary>The server refused; the message is fit to print.</summary>
internal sealed class ApiException(string message) : Exception(message);
