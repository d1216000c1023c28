using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TocsinSdk;

namespace Crasher;

/// <summary>
/// Dies in the way its first argument names; what the tests of the library look at is what it leaves behind.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable("CRASHER_WITHOUT_SDK") == "1")
        {
            Console.WriteLine("ready");
            Die(args[0], new MemoryStream(), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            return 0;
        }
        Handlers.AddBefore(args[0]);
        var started = Tocsin.Init(static o =>
            o.Environment = Environment.GetEnvironmentVariable("CRASHER_ENVIRONMENT") ?? "test");
        var log = Tocsin.LoggerFactory.CreateLogger("Crasher");
        log.LogInformation("about to {Kind}", args[0]);
        Tocsin.AddBreadcrumb("test", "one crumb");
        Tocsin.Stopping.Register(static () => Console.WriteLine("stop callback"));
        for (var i = 0; i < int.Parse(Environment.GetEnvironmentVariable("CRASHER_LINES") ?? "0"); i++)
            log.LogInformation("numbered <{Number}>", i);
        Console.WriteLine("ready " + Tocsin.RunId);
        Handlers.AddAfter(args[0]);
        if (args[0] == "soak")
            Soak.Die(args[1], int.Parse(args[2]), args[3], log);
        Die(args[0], started, log);
        return 0;
    }

    private static void Die(string kind, IDisposable started, ILogger log)
    {
        switch (kind)
        {
            case "clean": break;
            case "clean-disposed": started.Dispose(); break;
            case "main": Throw("from main"); break;
            case "thread": OnThread(static () => Throw("from a thread")); break;
            case "nested": throw new InvalidOperationException("outer",
                Thrown(new AggregateException("both", Thrown(new TimeoutException("first")),
                Thrown(new IOException("second")))));
            case "async-disposed": AsyncDisposed(started).GetAwaiter().GetResult(); break;
            case "message-throws": throw new TreacherousException(Treachery.ThrowMessage);
            case "message-hangs": throw new TreacherousException(Treachery.HangMessage);
            case "text-throws": throw new TreacherousException(Treachery.ThrowText);
            case "text-hangs": throw new TreacherousException(Treachery.HangText);
            case "inner-message-throws":
                throw new InvalidOperationException("outer", new TreacherousException(Treachery.ThrowMessage));
            case "task-message-hangs":
                Forget(new TreacherousException(Treachery.HangMessage));
                Collect();
                Thread.Sleep(Timeout.Infinite);
                break;
            case var handler when handler.StartsWith("handler-", StringComparison.Ordinal): Throw("with a handler"); break;
            case "no-handles": UseUpHandles(); break;
            case "forks": Fork(); break;
            case "user": WithUser(log); break;
            case "task": Unobserved(); break;
            case "captured": Capture(); break;
            case "captured-around": CaptureWithinWork(); break;
            case "captured-flood": Flood(); break;
            case "captured-dies": CaptureAndDie(); break;
            case "stack-overflow": Overflow(0); break;
            case "fail-fast": Environment.FailFast("broken invariant"); break;
            case "access-violation": unsafe { *(int*)0x10_0000_0000 = 1; } break;
            case "null-pointer": unsafe { *(int*)null = 1; } break;
            case "native-abort": abort(); break;
            case "kill-self": _ = kill(Environment.ProcessId, 9); break;
            case "exit": Environment.Exit(3); break;
            case "out-of-memory": Exhaust(); break;
            case "race": Race(); break;
            case "starved": Starve(); Thread.Sleep(200); OnThread(static () => Throw("with a starved pool")); break;
            case "hang": Starve(); Thread.Sleep(Timeout.Infinite); break;
            case "chatty": Chat(); break;
            case "wait": Thread.Sleep(Timeout.Infinite); break;
            default: throw new ArgumentException("unknown way to die: " + kind);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Throw(string message) => throw new InvalidOperationException(message);

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    internal static void OnThread(ThreadStart start)
    {
        var thread = new Thread(start);
        thread.Start();
        thread.Join();
    }

    private static async Task AsyncDisposed(IDisposable started)
    {
        using (started)
        {
            await Task.Yield();
            Throw("after an await");
        }
    }

    private static void WithUser(ILogger log)
    {
        using var activity = new Activity("checkout").Start();
        using var scope =
            log.BeginScope(new Dictionary<string, object> { ["user.id"] = "u-17", ["RequestId"] = "req-4" });
        Throw("with a user");
    }

    // The same exception three times, once inside what awaiting puts around it.
    private static void Capture()
    {
        using var activity = new Activity("checkout").Start();
        activity.SetTag("user.id", "u-17");
        var exception = Thrown(new TimeoutException("caught"));
        var id = Tocsin.CaptureException(exception, [new("order.id", 7), new("nothing", null)]);
        if (Tocsin.CaptureException(exception) != id || Tocsin.CaptureException(new AggregateException(exception)) != id)
            throw new InvalidOperationException("one exception, two ids");
        Console.WriteLine("captured " + id);
        Thread.Sleep(Timeout.Infinite);
    }

    private static void Chat()
    {
        var log = Tocsin.LoggerFactory.CreateLogger("Crasher.Chat");
        for (var i = 0; ; i++)
        {
            log.LogInformation("chat {Number}", i);
            log.LogDebug("whisper {Number}", i);
            Thread.Sleep(100);
        }
    }

    private static void CaptureWithinWork()
    {
        using var context = Tocsin.BeginContext(userId: "u-17", sessionId: "s-3");
        using var outer = Tocsin.Track("outer work");
        outer.Set("password", "hunter2-Long");
        using var inner = Tocsin.Track("inner work");
        inner.Set("order", "order-7");
        Tocsin.AddBreadcrumb("db", "connecting with Password=hunter2-Long");
        Tocsin.CaptureException(Thrown(new TimeoutException("connection timeout, token=hunter2-Long")));
    }

    private static void Flood()
    {
        for (var i = 0; i < 200; i++)
            Tocsin.CaptureException(new IOException("flood " + i));
        Console.WriteLine("captured 200");
        Thread.Sleep(Timeout.Infinite);
    }

    private static void CaptureAndDie()
    {
        try
        {
            Throw("captured, then fatal");
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine("captured " + Tocsin.CaptureException(e));
            throw;
        }
    }

    private static void Unobserved()
    {
        for (var i = 0; i < 20; i++)
            Forget(i);
        Collect();
        Console.WriteLine("alive");
        Thread.Sleep(Timeout.Infinite);
    }

    private static void Collect()
    {
        Thread.Sleep(200);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(Exception exception) => Task.Run(() => throw exception);

    private static void UseUpHandles()
    {
        var open = new List<FileStream>();
        while (true)
            open.Add(File.OpenRead("/dev/null"));
    }

    // A child between fork and exec holds copies of every handle, also of the lock that says this run lives.
    private static void Fork()
    {
        for (var i = 0; i < 4; i++)
            new Thread(static () =>
            {
                while (true)
                    using (Process.Start("/bin/true"))
                    {
                    }
            }).Start();
        Thread.Sleep(300);
        Throw("among forks");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(int i) => Task.Run(() => throw new InvalidOperationException("nobody looked " + i));

    private static int Overflow(int depth) => Overflow(depth + 1) + 1;

    // With DOTNET_GCHeapHardLimit the heap ends soon; small pieces last, so that nothing at all is left.
    private static void Exhaust()
    {
        var kept = new List<byte[]>();
        foreach (var size in (int[])[1 << 20, 4096, 64])
        {
            try
            {
                while (true)
                    kept.Add(new byte[size]);
            }
            catch (OutOfMemoryException) when (size > 64)
            {
                // Smaller.
            }
        }
        GC.KeepAlive(kept);
    }

    private static void Race()
    {
        using var go = new ManualResetEvent(false);
        for (var i = 0; i < 8; i++)
        {
            var number = i;
            new Thread(() => { go.WaitOne(); Throw("racer " + number); }).Start();
        }
        Thread.Sleep(100);
        go.Set();
        Thread.Sleep(Timeout.Infinite);
    }

    internal static void Starve()
    {
        ThreadPool.SetMinThreads(1, 1);
        ThreadPool.SetMaxThreads(Environment.ProcessorCount, Environment.ProcessorCount);
        for (var i = 0; i < 400; i++)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Thread.Sleep(Timeout.Infinite), null);
    }

    [DllImport("libc")]
    private static extern void abort();

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
