using System.Globalization;

namespace Tocsin.Cli.Run.Restart;

/// <summary>
/// When a service died lately. Kept in a file, so that a crash loop is seen also when somebody else (systemd, a
/// container runtime) does the restarting. Layout: docs/formats/spool.md.
/// </summary>
internal sealed class DeathHistory(string? path)
{
    public const string FileName = "deaths";
    private const int LoopDeaths = 5;
    private const int MaxKept = 32;
    private static readonly TimeSpan LoopWindow = TimeSpan.FromMinutes(5);

    private List<DateTimeOffset> _deaths = [];

    /// <summary>Notes a death; true when it is at least the fifth within five minutes.</summary>
    public bool Add(DateTimeOffset at)
    {
        var known = path is null ? _deaths : Read();
        _deaths = [.. known.Where(d => at - d <= LoopWindow && d <= at).Append(at).TakeLast(MaxKept)];
        Write();
        return _deaths.Count >= LoopDeaths;
    }

    private List<DateTimeOffset> Read()
    {
        try
        {
            return [.. File.ReadLines(path!).Take(MaxKept * 4).Select(Parse).OfType<DateTimeOffset>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return _deaths;
        }
    }

    private void Write()
    {
        try
        {
            if (path is not null)
            {
                File.WriteAllLines(path,
                    _deaths.Select(d => d.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the file only loops within one supervisor are seen.
        }
    }

    private static DateTimeOffset? Parse(string line) =>
        long.TryParse(line, NumberStyles.None, null, out var ms) && ms < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;
}
