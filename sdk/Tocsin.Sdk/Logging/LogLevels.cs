using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging;

/// <summary>
/// From which level on each category is logged. The rule whose name is the longest beginning of the category wins; among
/// equals what was set at run time, then Tocsin's options, then the framework's rules. Any thread.
/// </summary>
internal sealed class LogLevels
{
    public const LogLevel Default = LogLevel.Information;

    private readonly Lock _changing = new();
    private readonly Dictionary<string, LogLevel> _ours = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, LogLevel> _servers = [], _options = [];
    private IReadOnlyList<LoggerFilterRule> _framework = [];
    private LogLevel? _least;

    /// <summary>Raised after any change.</summary>
    public event Action? Changed;

    /// <summary>Level of a category and everything below it, at run time; null takes it back.</summary>
    public void Set(string category, LogLevel? level)
    {
        lock (_changing)
            if (level is { } given)
                _ours[category] = given;
            else
                _ours.Remove(category);
        Changed?.Invoke();
    }

    public void TakeOptions(LogOptions options)
    {
        lock (_changing)
            (_least, _options) = (options.Level, new(options.Levels, StringComparer.OrdinalIgnoreCase));
        Changed?.Invoke();
    }

    /// <summary>What the framework read from the configuration section Logging.</summary>
    public void TakeFramework(LogLevel least, IEnumerable<LoggerFilterRule> rules)
    {
        lock (_changing)
            _framework = [new LoggerFilterRule(null, null, least, null), .. rules];
        Changed?.Invoke();
    }

    /// <summary>Replaces what the server wants; weaker than what was set in the process itself.</summary>
    public void TakeServer(IReadOnlyDictionary<string, LogLevel> levels)
    {
        lock (_changing)
            _servers = new(levels, StringComparer.OrdinalIgnoreCase);
        Changed?.Invoke();
    }

    public bool IsOn(string category, LogLevel level)
    {
        lock (_changing)
        {
            var (length, found, filter) = (-1, Default, (LoggerFilterRule?)null);
            foreach (var rule in _framework)
                if (Reach(rule.CategoryName ?? "", category) is var reach && reach >= length)
                    (length, found, filter) = (reach, rule.LogLevel ?? LogLevel.Trace, rule);
            if (_least is { } least && length <= 0)
                (length, found, filter) = (0, least, null);
            foreach (var table in (ReadOnlySpan<Dictionary<string, LogLevel>>)[_options, _servers, _ours])
                foreach (var (name, wanted) in table)
                    if (Reach(name, category) is var reach && reach >= Math.Max(0, length))
                        (length, found, filter) = (reach, wanted, null);
            return level >= found && found != LogLevel.None
                && (filter?.Filter?.Invoke("Tocsin", category, level) ?? true);
        }
    }

    /// <summary>How much of the category the name stands for; -1 when it is another's. "*" matches anything, once.</summary>
    private static int Reach(string name, string category)
    {
        if (name is "" or "Default")
            return 0;
        var star = name.IndexOf('*');
        var (before, after) = star < 0 ? (name, "") : (name[..star], name[(star + 1)..]);
        return category.StartsWith(before, StringComparison.OrdinalIgnoreCase)
            && category.EndsWith(after, StringComparison.OrdinalIgnoreCase) ? name.Length : -1;
    }
}
