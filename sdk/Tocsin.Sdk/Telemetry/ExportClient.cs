using System.Diagnostics.Metrics;
using System.Net.Sockets;

namespace TocsinSdk.Telemetry;

/// <summary>The exporter's way out: as HttpClient makes it, but watched, and not measuring itself.</summary>
internal static class ExportClient
{
    private static readonly ExportState s_state = new(Console.Error.WriteLine);

    public static HttpClient New(TimeSpan timeout) =>
        new(new Watched(new SocketsHttpHandler { MeterFactory = new Unmeasured() })) { Timeout = timeout };

    private sealed class Watched(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return Seen(request, base.Send(request, cancellationToken));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                s_state.Report(request.RequestUri!, Reason(e));
                throw;
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
            CancellationToken cancellationToken)
        {
            try
            {
                return Seen(request, await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                s_state.Report(request.RequestUri!, Reason(e));
                throw;
            }
        }

        private static HttpResponseMessage Seen(HttpRequestMessage request, HttpResponseMessage response)
        {
            s_state.Report(request.RequestUri!, response.IsSuccessStatusCode
                ? "ok" : $"{(int)response.StatusCode} {response.ReasonPhrase}".Trim());
            return response;
        }

        private static string Reason(Exception e) => e switch
        {
            OperationCanceledException => "timed out",
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "refused",
            _ => e.Message,
        };
    }

    /// <summary>
    /// Gives the handler a meter under a name nobody listens to; or every export would count as a call of the
    /// application.
    /// </summary>
    private sealed class Unmeasured : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new("Private.Tocsin.Unmeasured");

        public void Dispose()
        {
        }
    }
}

/// <summary>
/// Says once on standard error when the export begins to fail, fails otherwise, or works again. Any thread.
/// </summary>
internal sealed class ExportState(Action<string> say)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _outcomes = new(StringComparer.Ordinal);
    private string? _said;

    public void Report(Uri url, string outcome)
    {
        lock (_lock)
        {
            _outcomes[url.AbsolutePath] = outcome;
            var (path, worst) = ("", "ok");
            foreach (var (candidate, state) in _outcomes)
                if (state != "ok")
                    (path, worst) = (_outcomes.Values.Distinct().Count() > 1 ? candidate : "", state);
            var line = $"tocsin: telemetry -> {url.GetLeftPart(UriPartial.Authority)}{path}: {worst}";
            if (line == _said)
                return;
            _said = line;
            say(line);
        }
    }
}
