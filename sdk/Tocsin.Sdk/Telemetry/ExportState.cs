namespace TocsinSdk.Telemetry;

/// <summary>
/// Says once on standard error when the export begins to fail, fails otherwise, or works again. Any thread.
/// </summary>
internal sealed class ExportState(Action<string> say)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _outcomes = new(StringComparer.Ordinal);
    private string? _said;

    /// <summary>The worst of the last outcomes of each signal; "waiting" before the first.</summary>
    public string Outcome { get; private set; } = "waiting";

    /// <summary>Told of each change, after it was said.</summary>
    public Action<string> Changed { get; init; } = static _ => { };

    public void Report(Uri url, string outcome)
    {
        string worst;
        lock (_lock)
        {
            _outcomes[url.AbsolutePath] = outcome;
            (var path, worst) = ("", "ok");
            foreach (var (candidate, state) in _outcomes)
                if (state != "ok")
                    (path, worst) = (_outcomes.Values.Distinct().Count() > 1 ? candidate : "", state);
            var line = $"tocsin: telemetry -> {url.GetLeftPart(UriPartial.Authority)}{path}: {worst}";
            if (line == _said)
                return;
            (_said, Outcome) = (line, worst);
            say(line);
        }
        Changed(worst);
    }
}
