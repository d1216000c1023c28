namespace Tocsin.Crashes.Grouping;

/// <summary>Folds recursion: "A B A B A B C" becomes "A B C", whatever the depth.</summary>
internal static class FrameFold
{
    private const int MaxPeriod = 12;

    /// <summary>The folded names; <paramref name="cycle"/> is the longest-running repeated part, empty when nothing
    /// repeats.</summary>
    public static List<string> Fold(IReadOnlyList<string> names, out IReadOnlyList<string> cycle)
    {
        var folded = new List<string>();
        cycle = [];
        int longest = 0;
        for (int i = 0; i < names.Count;)
        {
            (int period, int times) = Run(names, i);
            if (times > 1 && period * times > longest)
            {
                longest = period * times;
                cycle = [.. names.Skip(i).Take(period)];
            }
            folded.AddRange(names.Skip(i).Take(period));
            i += period * times;
        }
        return folded;
    }

    /// <summary>The shortest period that repeats from here, and how often; (1, 1) when none does.</summary>
    private static (int Period, int Times) Run(IReadOnlyList<string> names, int start)
    {
        for (int period = 1; period <= MaxPeriod && start + 2 * period <= names.Count; period++)
        {
            int times = 1;
            while (start + (times + 1) * period <= names.Count && Same(names, start, start + times * period, period))
                times++;
            if (times > 1)
                return (period, times);
        }
        return (1, 1);
    }

    private static bool Same(IReadOnlyList<string> names, int a, int b, int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (names[a + i] != names[b + i])
                return false;
        }
        return true;
    }
}
