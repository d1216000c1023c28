using Tocsin.Bench.Sdk.Logging;

namespace Tocsin.Bench.Sdk;

/// <summary>`bench sdk [suite ...]`: what the SDK promises, measured beside other libraries where they do the same.</summary>
internal static class SdkSuites
{
    // One line per suite.
    private static readonly (string Name, Func<string[], Task<List<Figure>>> Run)[] s_suites =
    [
        ("logging", LoggingSuite.Run),
        ("burst", BurstSuite.Run),
        ("outage", OutageSuite.Run),
        ("crashloss", CrashLossSuite.Run),
        ("scrape", ScrapeSuite.Run),
        ("aspnet", AspNet.Run),
    ];

    public static async Task<int> Run(string[] arguments)
    {
        string[] wanted = [.. arguments.TakeWhile(a => !a.StartsWith('-'))];
        int code = 0;
        foreach ((string name, Func<string[], Task<List<Figure>>> run) in s_suites)
            if (wanted.Length == 0 || wanted.Contains(name))
                code |= Figures.Print("sdk " + name, await run(arguments), arguments.Contains("--json"));
        return code;
    }

    public static int Option(string[] arguments, string name, int otherwise) =>
        int.TryParse(arguments.SkipWhile(a => a != name).Skip(1).FirstOrDefault(), out int value) ? value : otherwise;
}
