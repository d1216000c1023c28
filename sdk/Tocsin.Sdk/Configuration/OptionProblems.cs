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
        // One line per group that has rules.
        foreach (var problem in options.Health.Problems())
            yield return problem;
        foreach (var problem in options.Requests.Problems())
            yield return problem;
        foreach (var problem in options.Metrics.Problems())
            yield return problem;
    }
}
