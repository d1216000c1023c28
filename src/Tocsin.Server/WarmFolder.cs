namespace Tocsin.Server;

/// <summary>
/// A folder of its own for what only warms up, gone when disposed. Those that killed servers have left behind go with the next one.
/// </summary>
internal sealed class WarmFolder : IDisposable
{
    private const string Prefix = "tocsin-warm-";

    /// <summary>Nobody warms up for so long.</summary>
    private static readonly TimeSpan s_left = TimeSpan.FromHours(1);

    /// <exception cref="IOException">There is no place for temporary files.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public WarmFolder()
    {
        foreach (string old in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(old) > s_left)
                Delete(old);
        }
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
    }

    public string Path { get; }

    public void Dispose() => Delete(Path);

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or gone already.
        }
    }
}
