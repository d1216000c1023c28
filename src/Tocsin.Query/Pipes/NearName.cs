namespace Tocsin.Query.Pipes;

/// <summary>Finds the name that somebody meant who wrote a similar one.</summary>
internal static class NearName
{
    /// <summary>Null when none is near.</summary>
    public static string? Of(string written, IEnumerable<string> names)
    {
        written = written.ToLowerInvariant();
        int most = written.Length <= 4 ? 1 : 2;
        return names.Select(name => (Name: name, Far: Distance(written, name)))
            .Where(n => n.Far <= most).OrderBy(n => n.Far).Select(n => n.Name).FirstOrDefault();
    }

    /// <summary>Letters to be changed, added or taken away; a name that is the start of the other, or the other way round, is near.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Min(a.Length, b.Length) >= 3 && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal)))
            return 1;
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                (corner, row[j]) = (row[j], Math.Min(corner + (a[i - 1] == b[j - 1] ? 0 : 1), Math.Min(row[j], row[j - 1]) + 1));
        }
        return row[b.Length];
    }
}
