namespace Tocsin.Cli.Run.Folders;

/// <summary>Where supervisors of one user keep what must outlive them. Layout: docs/formats/spool.md.</summary>
internal sealed record StateFolder(string Path)
{
    public string Spool => System.IO.Path.Combine(Path, "spool");

    public string Runs(string service) => System.IO.Path.Combine(Path, "supervised", FileName(service));

    /// <summary>
    /// --state-dir, else TOCSIN_STATE_DIR, else the XDG state home, else the home folder, else the temporary folder.
    /// </summary>
    public static string Default(Func<string, string?> variable)
    {
        if (variable("TOCSIN_STATE_DIR") is { Length: > 0 } given)
        {
            return given;
        }

        if (variable("XDG_STATE_HOME") is { Length: > 0 } state)
        {
            return System.IO.Path.Combine(state, "tocsin");
        }

        return variable("HOME") is { Length: > 0 } home
            ? System.IO.Path.Combine(home, ".local", "state", "tocsin")
            : System.IO.Path.Combine(System.IO.Path.GetTempPath(), "tocsin");
    }

    /// <summary>
    /// Opens the folder, proving that it can be written. When it cannot, the program must still run: the answer is then
    /// a new temporary folder and the reason to tell.
    /// </summary>
    public static (StateFolder Folder, string? Problem) Open(string path)
    {
        try
        {
            var full = System.IO.Path.GetFullPath(path);
            PrivateFolder.Create(full);
            var state = new StateFolder(full);
            PrivateFolder.Create(state.Spool);
            var probe = System.IO.Path.Combine(state.Spool, $".probe-{Environment.ProcessId}");
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
            return (state, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            var temporary = new StateFolder(Directory.CreateTempSubdirectory("tocsin-").FullName);
            PrivateFolder.Create(temporary.Spool);
            return (temporary, e.Message);
        }
    }

    /// <summary>A name made safe as one path component.</summary>
    public static string FileName(string name)
    {
        const int maxLength = 100;
        static char Safe(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_';
        var safe = string.Concat(name.Take(maxLength).Select(Safe));
        return safe.Length == 0 ? "_" : safe;
    }
}
