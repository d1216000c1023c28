using System.Diagnostics;

namespace Tocsin.Protocols.Tests;

/// <summary>Finds Node.js and the client's packages; a test that cannot have them is skipped and says why.</summary>
internal static class NodeClient
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);
    private static readonly SemaphoreSlim s_installing = new(1);

    /// <summary>The folder of a client in tests/clients, with its packages installed as the lock file says.</summary>
    public static async Task<string> Installed(string name)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Tocsin.slnx")))
            root = Path.GetDirectoryName(root);
        string folder = Path.Combine(root.ShouldNotBeNull(), "tests", "clients", name);
        await s_installing.WaitAsync();
        try
        {
            Assert.SkipUnless(await Exists("node") && await Exists("npm"), "Node.js and npm are not installed");
            if (!File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
            {
                (int exit, string output) = await Run("npm", folder, ["ci", "--ignore-scripts"]);
                Assert.SkipUnless(exit == 0, $"npm ci failed: {output}");
            }
        }
        finally
        {
            s_installing.Release();
        }
        return folder;
    }

    public static async Task<(int Exit, string Output)> Run(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(s_deadline);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<bool> Exists(string program)
    {
        try
        {
            return (await Run(program, Environment.CurrentDirectory, ["--version"])).Exit == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
