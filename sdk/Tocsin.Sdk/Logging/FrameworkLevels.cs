using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TocsinSdk.Logging;

/// <summary>
/// Takes over the framework's filter rules that concern this provider, and lets every record through to it: only the
/// provider knows that a request is being debugged, or what the level became at run time. Runs again on each reload.
/// </summary>
internal sealed class FrameworkLevels(LogLevels levels) : IPostConfigureOptions<LoggerFilterOptions>
{
    private const string Provider = "Tocsin";

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        levels.TakeFramework(options.MinLevel, options.Rules.Where(static r => r.ProviderName is null)
            .Concat(options.Rules.Where(IsOurs)).ToList());
        for (var i = options.Rules.Count - 1; i >= 0; i--)
            if (IsOurs(options.Rules[i]))
                options.Rules.RemoveAt(i);
        options.Rules.Add(new LoggerFilterRule(Provider, null, LogLevel.Trace, null));
    }

    private static bool IsOurs(LoggerFilterRule rule) =>
        rule.ProviderName is Provider || rule.ProviderName == typeof(TocsinLoggerProvider).FullName;
}
