namespace Tocsin.Cli.Run;

/// <summary>
/// The name a command gets when the user gives none: the program's file, or the script that an interpreter runs.
/// </summary>
internal static class ServiceName
{
    private static readonly string[] Interpreters = ["dotnet", "python", "node", "java", "ruby", "perl", "php", "deno",
        "bun", "sh", "bash"];
    private static readonly string[] Scripts = [".dll", ".py", ".js", ".mjs", ".cjs", ".ts", ".jar", ".rb", ".pl",
        ".php", ".sh"];

    public static string Of(IReadOnlyList<string> command)
    {
        var program = Path.GetFileName(command[0]);
        var interpreter = Array.Exists(Interpreters, i => program.TrimEnd("0123456789.".ToCharArray()) == i);
        var script = interpreter ? command.Skip(1).FirstOrDefault(IsScript) : null;
        var name = Path.GetFileName(script) ?? program;
        return Array.Exists(Scripts, s => name.EndsWith(s, StringComparison.OrdinalIgnoreCase)
            && name.Length > s.Length)
            ? Path.GetFileNameWithoutExtension(name)
            : name;
    }

    private static bool IsScript(string argument) =>
        !argument.StartsWith('-')
            && Array.Exists(Scripts, s => argument.EndsWith(s, StringComparison.OrdinalIgnoreCase));
}
