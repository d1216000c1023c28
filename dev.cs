#:property PublishAot=false
#:property TreatWarningsAsErrors=false
#:property NoWarn=CA1852;CA1305;CA1861;CA1303

// Every chore of this repository: dotnet run dev.cs <chore>. With no chore it lists them.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

string root = FindRoot();
string[] rest = args.Length > 1 ? args[1..] : [];
return args.FirstOrDefault() switch
{
    "test" => Test(),
    "tidy" => Run("dotnet", ["run", "--project", "tests/Tocsin.Tidy"]),
    "web" => Web(),
    "types" => Types(),
    "acceptance" => Tool("tests/Tocsin.Acceptance"),
    "bench" => Bench(),
    "publish" => Publish(),
    "fuzz" => Fuzz(),
    "pack" => Pack(),
    _ => Usage(),
};

int Usage()
{
    Console.WriteLine("""
        dotnet run dev.cs test                                 everything: web part, build, all tests; ends with one line of totals
        dotnet run dev.cs tidy                                 the structure rules alone
        dotnet run dev.cs web                                  install, check, test and build the web part alone
        dotnet run dev.cs types                                the page's types from the server's OpenAPI document: web/src/shared/api/schema.ts
        dotnet run dev.cs acceptance deaths [--json]           every way to die x (supervised, SDK only, both), against a real server
        dotnet run dev.cs acceptance crashsoak [--runs 1000]   threads that crash together, in many processes: one complete record each
        dotnet run dev.cs acceptance durability [--cycles N]   SIGKILL the server under load, then account for every record
        dotnet run dev.cs acceptance queries [--cases N] [--minutes M] [--json]  random queries on random records against a naive evaluator
        dotnet run dev.cs acceptance request [--json]          one request of the sample through log, trace, metric, health, crash and alert
        dotnet run dev.cs acceptance secrets [--json]          secrets seeded in every way are searched for in every output of the SDK
        dotnet run dev.cs bench smoke [--json]                 start-up, idle, memory, ingest rate, crash-to-webhook latency
        dotnet run dev.cs bench logs [--records N] [--json]    a day of logs over OTLP/HTTP, then the list of queries, against targets
        dotnet run dev.cs bench sdk [suite ...] [--json]       the SDK's promises: logging, burst, outage, crashloss, scrape, aspnet
        dotnet run dev.cs acceptance packages                  pack, then use the packages and the template as a stranger would
        dotnet run dev.cs publish                              the server to be installed, compiled ahead of time, into artifacts/tocsin/
        dotnet run dev.cs pack                                 the NuGet packages of the SDK and its template, into artifacts/
        dotnet run dev.cs fuzz [--minutes N]                   the fuzz tests again and again with new seeds
        """);
    return args.Length == 0 ? 0 : 2;
}

// The tests need a few Debian packages. As root they are installed when missing; otherwise the tests that need them skip.
void InstallPackages()
{
    (string Package, string Probe, string For)[] needed =
    [
        ("libsqlite3-0", "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0", "the catalog"),
        ("chromium", "/usr/bin/chromium", "the browser tests"),
        ("fonts-liberation", "/usr/share/fonts/truetype/liberation", "the browser tests"),
        ("python3-aiosmtpd", "/usr/lib/python3/dist-packages/aiosmtpd", "the e-mail tests"),
        ("postgresql", "/usr/lib/postgresql", "the database tests"),
        ("redis-server", "/usr/bin/redis-server", "the Redis tests"),
        ("gcc", "/usr/bin/gcc", "the native crash tests"),
        ("prometheus", "/usr/bin/promtool", "the metrics tests"),
        ("python3-prometheus-client", "/usr/lib/python3/dist-packages/prometheus_client", "the metrics tests"),
    ];
    var missing = needed.Where(n => !File.Exists(n.Probe) && !Directory.Exists(n.Probe)).ToArray();
    if (missing.Length == 0)
        return;
    string names = string.Join(" ", missing.Select(m => m.Package));
    if (Environment.UserName != "root" || !File.Exists("/usr/bin/apt-get"))
    {
        Console.WriteLine($"Missing: {names}. Not root (or not Debian), so nothing is installed; skipped are "
            + string.Join(", ", missing.Select(m => m.For).Distinct()) + ".");
        return;
    }
    Console.WriteLine($"Installing {names} …");
    Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    _ = Run("apt-get", ["update", "-qq"], quiet: true);
    string[] install = ["install", "-y", "-qq", "--no-install-recommends", .. missing.Select(m => m.Package)];
    if (Run("apt-get", install, quiet: true) != 0)
    {
        // A first chromium install may break half-way when another process clears its temporary folder.
        _ = Run("apt-get", ["-f", "install", "-y", "-qq"], quiet: true);
        _ = Run("apt-get", install);
    }
}

int Test()
{
    var clock = Stopwatch.StartNew();
    InstallPackages();
    (int passed, int failed, int skipped) = (0, 0, 0);
    int Broken(string what)
    {
        Console.WriteLine($"{what} failed");
        Console.WriteLine($"{passed} passed, {failed + 1} failed, {skipped} skipped");
        return 1;
    }

    if (Has("node"))
    {
        if (Web() != 0)
            return Broken("the web part");
        Count(Path.Combine(root, "web/dist/.vitest.json"));
    }
    else
    {
        Console.WriteLine("Node is missing: the web part is neither built nor tested, and tests that need it skip.");
    }
    string[] ui = Has("node") ? [] : ["-p:BuildWebUi=false"];
    if (Run("dotnet", ["build", "Tocsin.slnx", "--nologo", "-v", "quiet", "-clp:NoSummary", .. ui]) != 0)
        return Broken("the build");
    string log = "";
    int code = Run("dotnet", ["test", "--solution", "Tocsin.slnx", "--no-build", "--max-parallel-test-modules", "2", .. rest], line =>
    {
        Console.WriteLine(line);
        log += line + "\n";
    });
    passed += Number("succeeded");
    failed += Number("failed");
    skipped += Number("skipped");
    if (code != 0 && failed == 0)
        failed = 1; // a test host that died has no failed test to count
    Console.WriteLine($"tests took {clock.Elapsed:m\\:ss}");
    Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
    return failed == 0 ? 0 : 1;

    int Number(string word) =>
        Regex.Matches(log, $@"^\s*{word}: (\d+)\s*$", RegexOptions.Multiline) is { Count: > 0 } found ? int.Parse(found[^1].Groups[1].Value) : 0;

    void Count(string report)
    {
        if (!File.Exists(report))
            return;
        using var json = JsonDocument.Parse(File.ReadAllText(report));
        passed += json.RootElement.GetProperty("numPassedTests").GetInt32();
        failed += json.RootElement.GetProperty("numFailedTests").GetInt32();
        skipped += json.RootElement.GetProperty("numPendingTests").GetInt32();
    }
}

// A test compares them; it writes them when it is told to.
int Types()
{
    Environment.SetEnvironmentVariable("TOCSIN_WRITE_TYPES", "1");
    return Run("dotnet", ["run", "--project", "tests/Tocsin.Server.Tests", "-p:BuildWebUi=false", "--", "--filter-class", "*.ApiTypesTests"], quiet: true);
}

int Web()
{
    string web = Path.Combine(root, "web");
    foreach (string[] step in new string[][] { ["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "--silent", "lint"],
                 ["run", "--silent", "build"], ["test", "--silent", "--", "--reporter=default", "--reporter=json", "--outputFile.json=dist/.vitest.json"] })
    {
        if (step[0] == "ci" && File.Exists(Path.Combine(web, "node_modules/.stamp"))
            && File.GetLastWriteTimeUtc(Path.Combine(web, "node_modules/.stamp")) >= File.GetLastWriteTimeUtc(Path.Combine(web, "package-lock.json")))
            continue;
        if (Run("npm", step, folder: web) != 0)
            return 1;
        if (step[0] == "ci")
            File.WriteAllText(Path.Combine(web, "node_modules/.stamp"), "");
    }
    return 0;
}

int Tool(string project) =>
    Run("dotnet", ["build", "Tocsin.slnx", "-c", "Release", "--nologo", "-v", "quiet", "-clp:NoSummary"]) is not 0 and var code
        ? code
        : Run("dotnet", ["run", "-c", "Release", "--no-build", "--project", project, "--", .. rest]);

// What is measured is what is installed.
int Bench()
{
    if (rest.FirstOrDefault() is not "sdk")
    {
        if (Publish() is not 0 and var code)
            return code;
        Environment.SetEnvironmentVariable("TOCSIN_PROGRAM", Path.Combine(root, "artifacts/tocsin/tocsin.dll"));
    }
    return Tool("bench/Tocsin.Bench");
}

int Publish()
{
    string folder = Path.Combine(root, "artifacts/tocsin");
    if (Directory.Exists(folder))
        Directory.Delete(folder, recursive: true);
    int code = Run("dotnet", ["publish", "src/Tocsin.Cli", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
        "-o", folder, "--nologo", "-v", "quiet"]);
    if (code == 0)
    {
        long bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        Console.WriteLine($"artifacts/tocsin/tocsin  {bytes >> 20} MiB, for {RuntimeInformation.RuntimeIdentifier}, its runtime included");
    }
    return code;
}

int Pack()
{
    string folder = Path.Combine(root, "artifacts");
    foreach (string old in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        File.Delete(old);
    IEnumerable<string> projects = Directory.EnumerateFiles(Path.Combine(root, "sdk"), "*.csproj", SearchOption.AllDirectories)
        .Append(Path.Combine(root, "templates/Tocsin.Templates/Tocsin.Templates.csproj")).Order();
    foreach (string project in projects)
    {
        // A build on a build server is deterministic to the last path; a package should be, wherever it is made.
        if (Run("dotnet", ["pack", project, "-c", "Release", "--nologo", "-v", "quiet", "-p:ContinuousIntegrationBuild=true", .. rest]) is not 0 and var code)
            return code;
    }
    foreach (string package in Directory.EnumerateFiles(folder).Order())
        Console.WriteLine($"{Path.GetRelativePath(root, package)}  {new FileInfo(package).Length / 1024} KiB");
    return 0;
}

int Fuzz()
{
    double minutes = rest.SkipWhile(a => a != "--minutes").Skip(1).FirstOrDefault() is { } n ? double.Parse(n) : 1;
    if (Run("dotnet", ["build", "Tocsin.slnx", "-c", "Release", "--nologo", "-v", "quiet", "-clp:NoSummary"]) is not 0 and var code)
        return code;
    DateTime end = DateTime.UtcNow.AddMinutes(minutes);
    for (int seed = Environment.TickCount & 0xFFFFFF; DateTime.UtcNow < end; seed++)
    {
        Environment.SetEnvironmentVariable("TOCSIN_FUZZ_SEED", seed.ToString());
        Console.WriteLine($"seed {seed}");
        int result = Run("dotnet", ["test", "--solution", "Tocsin.slnx", "-c", "Release", "--no-build",
            "--filter-trait", "Kind=Fuzz", "--ignore-exit-code", "8"], quiet: true);
        if (result != 0)
        {
            Console.WriteLine($"seed {seed} found something; run again with TOCSIN_FUZZ_SEED={seed}");
            return result;
        }
    }
    Console.WriteLine("nothing found");
    return 0;
}

bool Has(string program) =>
    (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

int Run(string program, string[] arguments, Action<string>? onLine = null, string? folder = null, bool quiet = false)
{
    var start = new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder ?? root,
        RedirectStandardOutput = onLine is not null || quiet,
        RedirectStandardError = quiet,
    };
    // The build servers keep running otherwise and hold on to the caller's pipes.
    start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
    start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
    start.Environment["DOTNET_NOLOGO"] = "1";
    using Process process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}");
    var tail = new Queue<string>();
    void Keep(string? line)
    {
        if (line is null)
            return;
        lock (tail)
        {
            tail.Enqueue(line);
            while (tail.Count > 60)
                tail.Dequeue();
        }
    }
    if (quiet)
    {
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }
    else if (onLine is not null)
    {
        while (process.StandardOutput.ReadLine() is { } line)
            onLine(line);
    }
    process.WaitForExit();
    if (quiet && process.ExitCode != 0)
        Console.WriteLine(string.Join("\n", tail));
    return process.ExitCode;
}

static string FindRoot()
{
    for (string? folder = Environment.CurrentDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
    {
        if (File.Exists(Path.Combine(folder, "Tocsin.slnx")))
            return folder;
    }
    throw new InvalidOperationException("run this inside the repository");
}
