namespace TocsinSdk.Logging;

/// <summary>Tells on standard error, once per kind, what went wrong inside logging; nobody else could be told.</summary>
internal static class LogTroubles
{
    private const int MaxKinds = 16;

    private static readonly Lock s_lock = new();
    private static readonly HashSet<string> s_said = [];

    public static void Note(Exception broken)
    {
        lock (s_lock)
            if (s_said.Count >= MaxKinds || !s_said.Add(broken.GetType().Name))
                return;
        Console.Error.WriteLine($"tocsin: a log record was lost: {broken.GetType().Name}: {broken.Message}");
    }
}
