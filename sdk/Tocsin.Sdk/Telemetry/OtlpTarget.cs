using System.Globalization;
using TocsinSdk.Runs;
using TocsinSdk.Transport;

namespace TocsinSdk.Telemetry;

/// <summary>Where one signal goes, after OpenTelemetry's variables (OTEL_EXPORTER_OTLP_*) had their word.</summary>
internal sealed record OtlpTarget
{
    public required Uri Url { get; init; }

    public bool IsGrpc { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }
    public required TimeSpan Timeout { get; init; }
    public required bool Gzip { get; init; }

    public static OtlpTarget Of(Signal signal, Settings settings, Func<string, string?> variable)
    {
        var own = "OTEL_EXPORTER_OTLP_" + signal.Name().ToUpperInvariant() + "_";
        string? Value(string name) =>
            variable(own + name)?.Trim() is { Length: > 0 } mine ? mine
                : variable("OTEL_EXPORTER_OTLP_" + name)?.Trim() is { Length: > 0 } shared ? shared : null;
        var exact = Address(variable(own + "ENDPOINT"));
        var shared = Address(variable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        var elsewhere = exact is not null || shared is not null;
        var headers = Parse(Value("HEADERS"));
        if (!elsewhere && settings.Key is { } key && headers.Count == 0)
            headers.Add(new("Authorization", "Bearer " + key));
        var options = settings.Options.Transport;
        // OpenTelemetry's exporter for .NET takes gRPC for granted when nothing is said.
        var grpc = elsewhere && Value("PROTOCOL") is null or "grpc";
        return new OtlpTarget
        {
            Url = grpc ? new Uri(exact ?? shared!, "/" + signal.GrpcService() + "/Export")
                : exact ?? new Uri((shared ?? settings.Url).GetLeftPart(UriPartial.Path).TrimEnd('/')
                    + "/v1/" + signal.Name()),
            IsGrpc = grpc,
            Headers = headers,
            Timeout = int.TryParse(Value("TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
                && ms > 0 ? TimeSpan.FromMilliseconds(ms) : options.RequestTimeout,
            Gzip = Value("COMPRESSION") is { } compression ? compression == "gzip" : options.Gzip,
        };
    }

    public Route ToRoute(Signal signal) => new(signal, Url, Headers, Random.Shared)
    {
        Grpc = IsGrpc, Gzip = Gzip, Timeout = Timeout,
    };

    private static Uri? Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    // What the request says of itself.
    private static readonly HashSet<string> s_taken = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding",
    };

    // key=value pairs with commas between; percent-encoded, as in a baggage header.
    private static List<KeyValuePair<string, string>> Parse(string? text)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 1 ? "" : pair[..equals].Trim();
            var value = equals < 1 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
            // What would end the header line is no value of one.
            if (name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c))
                && !s_taken.Contains(name) && !value.Any(char.IsControl))
                headers.Add(new(name, value));
        }
        return headers;
    }
}
