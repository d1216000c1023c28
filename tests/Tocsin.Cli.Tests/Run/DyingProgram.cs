using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TocsinSdk.BlackBox;

namespace Tocsin.Cli.Tests.Run;

/// <summary>
/// Makes the test assembly itself the .NET program that dies: started with the variable below it never reaches its
/// tests, because
/// the module's initializer ends it in the wanted way.
/// </summary>
internal static partial class DyingProgram
{
    public const string Variable = "TOCSIN_TEST_DEATH";

    private static int s_depth;

    public static string[] Command => ["dotnet", typeof(DyingProgram).Assembly.Location];

#pragma warning disable CA2255 // An initializer is the point: the entry point belongs to the test framework.
    [ModuleInitializer]
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } death)
        {
            Die(death);
            Environment.Exit(0);
        }
    }
#pragma warning restore CA2255

    private static void Die(string death)
    {
        switch (death)
        {
            case "throw": throw new InvalidOperationException("ledger is closed");
            case "thread": InThread(() => throw new TimeoutException("late")); break;
            case "overflow": Recurse(1); break;
            case "failfast": Environment.FailFast("ledger is inconsistent"); break;
            case "av": Marshal.WriteInt32(unchecked((nint)0x7000000000), 1); break;
            case "abort": Abort(); break;
            case "exit": Environment.Exit(3); break;
            case "hang": Hang(); break;
        }
    }

    private static void InThread(ThreadStart work)
    {
        var thread = new Thread(work);
        thread.Start();
        thread.Join();
    }

    private static void Recurse(int n)
    {
        s_depth += n;
        Recurse(n + 1);
        s_depth -= n;
    }

    /// <summary>A black box whose heart stopped an hour ago, in a process that lives on.</summary>
    private static void Hang()
    {
        var box = new byte[BlackBoxLayout.TotalSize];
        var now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
        BlackBoxLayout.Magic.CopyTo(box);
        BitConverter.TryWriteBytes(box.AsSpan(8), BlackBoxLayout.Version);
        BitConverter.TryWriteBytes(box.AsSpan(BlackBoxLayout.HeartbeatAt), now);
        BitConverter.TryWriteBytes(box.AsSpan(BlackBoxLayout.PoolHeartbeatAt), now - 3_600_000_000_000);
        BitConverter.TryWriteBytes(box.AsSpan(BlackBoxLayout.IdentityCrcAt), BlackBoxReader.IdentityCrc(box));
        File.WriteAllBytes(Path.Combine(Environment.GetEnvironmentVariable("TOCSIN_RUN_DIR")!,
            BlackBoxLayout.FileName), box);
        Console.WriteLine("hanging");
        Thread.Sleep(Timeout.Infinite);
    }

    [LibraryImport("libc", EntryPoint = "abort")]
    private static partial void Abort();
}
