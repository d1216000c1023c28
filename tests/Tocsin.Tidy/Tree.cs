namespace Tocsin.Tidy;

/// <summary>The repository's files as the rules see them: paths relative to the root, generated and fetched folders left out.</summary>
internal static class Tree
{
    private static readonly string[] s_skipped = ["bin", "obj", "node_modules", "dist", ".git", "tocsin-data", "TestResults"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Under(string folder, string extension) =>
        Files.Where(f => f.StartsWith(folder, StringComparison.Ordinal) && f.EndsWith(extension, StringComparison.Ordinal));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
            yield return Path.GetRelativePath(Root, file);
        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            if (s_skipped.Contains(Path.GetFileName(child)))
                continue;
            foreach (string file in Walk(child))
                yield return file;
        }
    }

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Tocsin.slnx")))
                return folder;
        }
        throw new InvalidOperationException("Tocsin.slnx is not above the test's folder");
    }
}
