using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bookings;

/// <summary>One way to fail on purpose, and what Tocsin makes of it.</summary>
internal sealed record Failure(string Kind, string Meaning, Func<IResult> Now);

/// <summary>POST /fail/{kind}: every way a .NET service can end, or stop working, on request.</summary>
internal static class Failures
{
    public static readonly IReadOnlyList<Failure> All =
    [
        new("unhandled", "an exception on a thread of its own: the process ends", OnThread),
        new("task", "a task fails and nobody looks: the process lives on", ForgottenTask),
        new("stack-overflow", "recursion without end", () => Results.Ok(Recurse(0))),
        new("fail-fast", "Environment.FailFast", () => Never(() => Environment.FailFast("a booking was lost"))),
        new("access-violation", "a write to memory that is not ours", () => Never(WildWrite)),
        new("out-of-memory",
            "arrays without end; start with DOTNET_GCHeapHardLimit=0x10000000 (256 MB) to spare the machine", Exhaust),
        new("native-abort", "abort() in native code", () => Never(abort)),
        new("exit", "Environment.Exit(3)", () => Never(() => Environment.Exit(3))),
        new("kill-self", "SIGKILL, as the OOM killer sends it", () => Never(() => _ = kill(Environment.ProcessId, 9))),
        new("hang", "every thread of the pool blocked: alive, and no use", Hang),
        new("request-exception", "an exception in a request: answered with 500, the process lives on",
            () => throw new InvalidOperationException("the ledger does not add up")),
    ];

    public static void MapFailures(this WebApplication app)
    {
        app.MapPost("/fail/{kind}", (string kind, ILogger<Failure> log) =>
        {
            if (All.FirstOrDefault(f => f.Kind == kind) is not { } failure)
                return Results.NotFound();
            log.LogWarning("Failing on request: {Kind}", kind);
            return failure.Now();
        });
        app.MapGet("/", (HttpContext context) => Results.Text(
            "Bookings, a sample service of Tocsin. It can fail in these ways:\n\n" + string.Concat(All.Select(f =>
                $"  curl -X POST {context.Request.Scheme}://{context.Request.Host}/fail/{f.Kind}\n      {f.Meaning}\n"))));
    }

    private static IResult OnThread()
    {
        new Thread(static () => Throw("the night audit failed")).Start();
        return Results.Accepted();
    }

    private static void Throw(string message) => throw new InvalidOperationException(message);

    private static IResult ForgottenTask()
    {
        Forget();
        // The runtime notices when the task is collected.
        _ = Task.Delay(500).ContinueWith(static _ =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }, TaskScheduler.Default);
        return Results.Accepted();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => Task.Run(static () => Throw("the newsletter was not sent"));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth) => Recurse(depth + 1) + 1;

    private static unsafe void WildWrite() => *(int*)0x10_0000_0000 = 1;

    private static IResult Exhaust()
    {
        new Thread(static () =>
        {
            var kept = new List<byte[]>();
            while (true)
                kept.Add(new byte[1 << 20]);
        }).Start();
        return Results.Accepted();
    }

    private static IResult Hang()
    {
        ThreadPool.GetMinThreads(out var least, out var ports);
        ThreadPool.SetMaxThreads(least, ports);
        for (var i = 0; i < 1000; i++)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Thread.Sleep(Timeout.Infinite), null);
        return Results.Accepted();
    }

    private static IResult Never(Action end)
    {
        end();
        return Results.Ok();
    }

    [DllImport("libc")]
    private static extern void abort();

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
