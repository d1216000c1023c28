using System.Collections.Concurrent;

namespace Tocsin.Server.Levels;

/// <summary>Processes of one service in one environment that ask for their levels.</summary>
/// <param name="Processes">How many have asked within the last minute.</param>
/// <param name="UpToDate">How many of them have what holds now.</param>
public sealed record LevelListener(string Service, string? Environment, int Processes, int UpToDate);

/// <summary>Who has asked for levels lately, in memory. Any thread.</summary>
internal sealed class LevelListeners(TimeProvider clock)
{
    public const int Most = 10_000;
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Asked> _asked = new(StringComparer.Ordinal);

    public void Heard(string run, string service, string? environment, string tag)
    {
        if (_asked.Count >= Most && !_asked.ContainsKey(run))
            Forget();
        if (_asked.Count < Most || _asked.ContainsKey(run))
            _asked[run] = new Asked(service, environment, tag, clock.GetTimestamp());
    }

    /// <param name="tagOf">The tag of what holds now for a service and an environment.</param>
    public IReadOnlyList<LevelListener> List(string? service, Func<string, string?, string> tagOf)
    {
        Forget();
        return
        [
            .. _asked.Values.Where(a => service is null || a.Service == service)
                .GroupBy(a => (a.Service, a.Environment))
                .OrderBy(g => g.Key.Service, StringComparer.Ordinal).ThenBy(g => g.Key.Environment, StringComparer.Ordinal)
                .Select(g =>
                {
                    string tag = tagOf(g.Key.Service, g.Key.Environment);
                    return new LevelListener(g.Key.Service, g.Key.Environment, g.Count(), g.Count(a => a.Tag == tag));
                }),
        ];
    }

    private void Forget()
    {
        foreach ((string run, Asked asked) in _asked)
        {
            if (clock.GetElapsedTime(asked.At) > s_memory)
                _asked.TryRemove(run, out _);
        }
    }

    private sealed record Asked(string Service, string? Environment, string Tag, long At);
}
