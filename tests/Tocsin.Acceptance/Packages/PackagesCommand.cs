using System.Diagnostics;
using System.Net.Http;
using System.Net.Sockets;
using System.Net;
using Spectre.Console;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Packages;

/// <summary>
/// Packs the SDK and its template, then uses them as a stranger would: from a folder feed alone, in new projects, with
/// warnings as errors; and the applications must log, measure and know their health.
/// </summary>
internal static class PackagesCommand
{
    private static readonly TimeSpan s_buildLimit = TimeSpan.FromMinutes(8), s_startLimit = TimeSpan.FromSeconds(60);

    public static async Task<int> Run(string[] arguments)
    {
        if (!arguments.Contains("--no-pack") && await Dotnet(Repository.Root, "run", "dev.cs", "pack") is { } unpacked)
            return Failed("pack", unpacked);
        string folder = Directory.CreateTempSubdirectory("tocsin-packages-").FullName;
        try
        {
            Feed(folder);
            var rows = new List<(string What, string? Problem)>();
            foreach (Consumer consumer in Consumer.All.Where(c => arguments.All(a => !a.StartsWith("--only=") || a == "--only=" + c.Name)))
            {
                string? problem = await Try(consumer, folder);
                rows.Add((consumer.What, problem));
                Console.Error.WriteLine($"  {consumer.What}: {problem ?? "right"}");
            }
            Table table = new Table().Border(TableBorder.Rounded).AddColumns("application", "");
            foreach ((string what, string? problem) in rows)
                table.AddRow(Markup.Escape(what), problem is null ? "right" : $"[red]{Markup.Escape(problem)}[/]");
            AnsiConsole.Write(table);
            int right = rows.Count(r => r.Problem is null);
            Console.WriteLine($"applications from packages that build without a warning and answer: {right}, target {rows.Count}: {(right == rows.Count ? "MET" : "MISSED")}");
            return right == rows.Count ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Our packages from the folder and a cache of their own, so that an older build of the same version is not taken.
    private static void Feed(string folder) => File.WriteAllText(Path.Combine(folder, "NuGet.config"), $"""
        <configuration>
          <config><add key="globalPackagesFolder" value="{folder}/packages" /></config>
          <packageSources><add key="tocsin" value="{Repository.Root}/artifacts" /></packageSources>
          <fallbackPackageFolders><add key="machine" value="{MachinePackages}" /></fallbackPackageFolders>
        </configuration>
        """);

    private static string MachinePackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");

    private static async Task<string?> Try(Consumer consumer, string folder)
    {
        string project = Path.Combine(folder, consumer.Name);
        if (await consumer.Create(folder, project, Dotnet) is { } uncreated)
            return uncreated;
        string output = Path.Combine(project, "out");
        if (await Dotnet(project, [.. consumer.Build, "-c", "Release", "-o", output, "--nologo", "-p:TreatWarningsAsErrors=true", "-p:NuGetAudit=false"]) is { } broken)
            return broken;
        return await Serve(consumer, output);
    }

    private static async Task<string?> Serve(Consumer consumer, string output)
    {
        int port = FreePort();
        string program = Path.Combine(output, consumer.Name);
        var start = new ProcessStartInfo(program, ["--urls", $"http://127.0.0.1:{port}"])
        {
            WorkingDirectory = output, RedirectStandardError = true, RedirectStandardOutput = true,
        };
        start.Environment["TOCSIN_URL"] = "http://127.0.0.1:9";
        start.Environment["TOCSIN_STATE_DIR"] = Path.Combine(output, "state");
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(), said = process.StandardOutput.ReadToEndAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            string? problem = await Ask(http, process, consumer.Measures);
            if (process.HasExited)
                return $"it ended with {process.ExitCode}: {Tail(await errors + await said)}";
            _ = Signal(process.Id, 15);
            await process.WaitForExitAsync().WaitAsync(s_startLimit);
            string output1 = await said;
            return problem ?? (output1.Contains("Greeting Ada", StringComparison.Ordinal) || output1.Contains("Ada", StringComparison.Ordinal) ? null : "no log record on the console");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string?> Ask(HttpClient http, Process process, IReadOnlyList<string> measures)
    {
        var clock = Stopwatch.StartNew();
        string? problem = "it does not answer";
        while (clock.Elapsed < s_startLimit && !process.HasExited)
        {
            try
            {
                string greeting = await http.GetStringAsync("greetings/Ada");
                if (!greeting.Contains("Ada", StringComparison.Ordinal))
                    return $"/greetings/Ada answers {greeting}";
                using HttpResponseMessage health = await http.GetAsync("health/live");
                if (!health.IsSuccessStatusCode)
                    return $"/health/live answers {(int)health.StatusCode}";
                string metrics = await http.GetStringAsync("metrics");
                return measures.FirstOrDefault(m => !metrics.Contains(m, StringComparison.Ordinal)) is { } missing
                    ? $"/metrics has no {missing}" : null;
            }
            catch (HttpRequestException e)
            {
                problem = e.Message;
                await Task.Delay(200);
            }
        }
        return problem;
    }

    /// <summary>What went wrong; null when it went well.</summary>
    private static async Task<string?> Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(s_buildLimit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return $"dotnet {arguments[0]} took longer than {s_buildLimit}";
        }
        return process.ExitCode == 0 ? null : $"dotnet {string.Join(' ', arguments.Take(3))}: {Tail(await output + await errors)}";
    }

    private static int Failed(string what, string problem)
    {
        Console.Error.WriteLine($"{what}: {problem}");
        return 1;
    }

    private static string Tail(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(6)).Trim();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Signal(int pid, int signal);
}
