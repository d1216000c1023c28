using System.Runtime.InteropServices;
using System.Text;

namespace Tocsin.Cli.Run.Children;

/// <summary>
/// Outcome of a spawn: a child, or the reason why there is none with the exit code a shell would give.
/// </summary>
internal readonly record struct Spawned(ChildProcess? Child, string? Error, int ExitCode);

/// <param name="At">Moment at which the kernel reported the end.</param>
internal sealed record ChildEnd(ExitStatus Status, DateTimeOffset At, long PeakBytes, TimeSpan Cpu);

/// <summary>
/// One child of the supervisor. Standard input and output are inherited, standard error goes to a pipe. It stays in the
/// supervisor's process group, so the terminal treats both alike.
/// </summary>
/// <remarks>The end is taken with wait4 on the one pid, because .NET's Process hides the wait status.</remarks>
internal sealed unsafe class ChildProcess
{
    private readonly Lock _gate = new(); // a signal must never reach a pid that was reaped and given to somebody else
    private bool _ended;

    private ChildProcess(int pid, int stderr)
    {
        Pid = pid;
        Stderr = stderr;
    }

    public int Pid { get; }

    /// <summary>Read end of the child's standard error, non-blocking. The owner closes it.</summary>
    public int Stderr { get; }

    public static Spawned Start(IReadOnlyList<string> command, ChildEnvironment environment)
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) != 0)
        {
            return new Spawned(null, $"no pipe for standard error: {Reason(Libc.LastError)}", 126);
        }

        // Only this end: the child's end must keep blocking writes.
        _ = Libc.Control(ends[0], Libc.SetFileFlags, Libc.NonBlocking);
        var pid = 0;
        var error = Spawn(command, environment, ends[1], &pid);
        _ = Libc.Close(ends[1]);
        if (error == 0)
        {
            return new Spawned(new ChildProcess(pid, ends[0]), null, 0);
        }

        _ = Libc.Close(ends[0]);
        var missing = error is Libc.NoEntry or Libc.NotADirectory;
        return new Spawned(null, $"{command[0]}: {(missing ? "command not found" : Reason(error))}",
            missing ? 127 : 126);
    }

    private static int Spawn(IReadOnlyList<string> command, ChildEnvironment environment, int stderr, int* pid)
    {
        var actions = stackalloc byte[Libc.SpawnStructureBytes];
        var attributes = stackalloc byte[Libc.SpawnStructureBytes];
        var signals = stackalloc byte[Libc.SignalSetBytes];
        var arguments = CStrings([.. command.Select(Encoding.UTF8.GetBytes)]);
        var variables = CStrings(environment.Entries);
        _ = Libc.InitActions(actions);
        _ = Libc.InitAttributes(attributes);
        try
        {
            // The .NET runtime ignores SIGPIPE, and ignored signals survive exec; everything else is as we found it.
            _ = Libc.EmptySet(signals);
            _ = Libc.AddToSet(signals, Signals.Pipe);
            _ = Libc.SetDefaultSignals(attributes, signals);
            _ = Libc.SetSpawnFlags(attributes, Libc.SpawnSignalDefaults);
            _ = Libc.AddDuplicate(actions, stderr, 2);
            return Libc.Spawn(pid, arguments[0], actions, attributes, arguments, variables);
        }
        finally
        {
            _ = Libc.DestroyActions(actions);
            _ = Libc.DestroyAttributes(attributes);
            Free(arguments);
            Free(variables);
        }
    }

    /// <summary>Blocks until the child has ended. Call once, from the thread that owns the child.</summary>
    public ChildEnd Wait(TimeProvider clock)
    {
        var info = stackalloc byte[Libc.SignalInfoBytes];
        while (Libc.WaitId(Libc.ByPid, Pid, info, Libc.WaitExited | Libc.WaitKeep) != 0
            && Libc.LastError == Libc.Interrupted)
        {
        }

        var at = clock.GetUtcNow();
        lock (_gate)
        {
            _ended = true;
            int status = 0;
            Libc.Usage usage = default;
            while (Libc.Wait4(Pid, &status, 0, &usage) < 0 && Libc.LastError == Libc.Interrupted)
            {
            }

            var cpu = TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds)
                + TimeSpan.FromMicroseconds(usage.UserMicros + usage.SystemMicros);
            return new ChildEnd(ExitStatus.FromWaitStatus(status), at, usage.PeakKilobytes * 1024, cpu);
        }
    }

    /// <summary>Any thread. Returns false when the child has ended.</summary>
    public bool Signal(int signal)
    {
        lock (_gate)
        {
            return !_ended && Libc.Kill(Pid, signal) == 0;
        }
    }

    private static byte** CStrings(IReadOnlyList<byte[]> values)
    {
        var table = (byte**)NativeMemory.AllocZeroed((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < values.Count; i++)
        {
            table[i] = (byte*)NativeMemory.AllocZeroed((nuint)values[i].Length + 1);
            values[i].CopyTo(new Span<byte>(table[i], values[i].Length));
        }

        return table;
    }

    private static void Free(byte** table)
    {
        for (var entry = table; *entry != null; entry++)
        {
            NativeMemory.Free(*entry);
        }

        NativeMemory.Free(table);
    }

    private static string Reason(int error) => Marshal.GetPInvokeErrorMessage(error);
}
