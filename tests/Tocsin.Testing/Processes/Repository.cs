namespace Tocsin.Testing.Processes;

/// <summary>Where the built programs of this repository are, in the same configuration as the running test.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}") ? "Release" : "Debug";

    /// <summary>The command line's assembly, to be run with dotnet: the one TOCSIN_PROGRAM names, else the one built.</summary>
    public static string Tocsin => Environment.GetEnvironmentVariable("TOCSIN_PROGRAM") is { Length: > 0 } given
        ? given : Built("src/Tocsin.Cli", "tocsin.dll");

    public static string Bookings => Built("samples/Bookings", "Bookings.dll");

    public static string Built(string project, string file) => Path.Combine(Root, project, "bin", Configuration, "net10.0", file);

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Tocsin.slnx")))
                return folder;
        }
        throw new InvalidOperationException("Tocsin.slnx is not above the program's folder");
    }
}
