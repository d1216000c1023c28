namespace Tocsin.Crashes.Stacks;

/// <summary>Names a script by its path, so that the same file in another folder or release keeps its name.</summary>
internal static class ModuleName
{
    private static readonly HashSet<string> s_places = new(StringComparer.OrdinalIgnoreCase)
        { "app", "src", "dist", "build", "code", "workspace", "srv", "opt", "home", "www", "current", "lib", "out",
            "usr" };

    /// <summary>"/srv/app/bookings/fees.py" → "bookings.fees"; "/app/dist/fees.js" → "fees".</summary>
    public static string Of(string file)
    {
        string[] parts = file.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            return "script";
        string stem = parts[^1];
        int dot = stem.LastIndexOf('.');
        if (dot > 0)
            stem = stem[..dot];
        string folder = parts.Length > 1 ? parts[^2] : "";
        bool keep = folder.Length > 0 && !s_places.Contains(folder) && !folder.Any(char.IsAsciiDigit)
            && !folder.EndsWith(':');
        return (keep ? $"{folder}.{stem}" : stem).Replace(' ', '_');
    }
}
