namespace TocsinSdk.Configuration;

/// <summary>What is wrong with options whose values can be read: each group knows its own rules.</summary>
internal static class OptionProblems
{
    public static IEnumerable<string> In(TocsinOptions options)
    {
        if (options.HangTimeout < TimeSpan.FromSeconds(1))
            yield return $"HangTimeout is {options.HangTimeout}; expected at least one second";
        if (options.Key?.AsSpan().ContainsAnyExceptInRange('!', '~') == true)
            yield return "Key (TOCSIN_KEY) holds a blank or a character outside ASCII; "
                + "expected the key as the server shows it";
        foreach (var problem in Groups(options).SelectMany(static problems => problems))
            yield return problem;
    }

    // One line per group that has rules.
    private static IEnumerable<IEnumerable<string>> Groups(TocsinOptions options) =>
    [
        options.Redaction.Problems(),
        options.Transport.Problems(),
        options.Logs.Problems(),
        options.Requests.Problems(),
        options.Health.Problems(),
        options.Analysis.Problems(),
        options.Traces.Problems(),
        options.Tracking.Problems(),
        options.Metrics.Problems(),
        options.GenAi.Problems(),
    ];
}
