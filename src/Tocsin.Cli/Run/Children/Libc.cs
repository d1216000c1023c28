using System.Runtime.InteropServices;

namespace Tocsin.Cli.Run.Children;

/// <summary>
/// The few libc calls that .NET does not offer: spawn with inherited streams, the true wait status, signals by number.
/// </summary>
internal static unsafe partial class Libc
{
    public const int NoEntry = 2, Interrupted = 4, TryAgain = 11, PermissionDenied = 13, NotADirectory = 20;
    public const int CloseOnExec = 0x80000, NonBlocking = 0x800;
    public const short PollIn = 1, PollOut = 4;
    public const int WaitExited = 4, WaitKeep = 0x01000000, ByPid = 1;
    public const short SpawnSignalDefaults = 4;
    public const int SetFileFlags = 4;

    /// <summary>Larger than posix_spawn_file_actions_t (80) and posix_spawnattr_t (336) of glibc and musl.</summary>
    public const int SpawnStructureBytes = 1024;

    public const int SignalSetBytes = 128, SignalInfoBytes = 128;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>struct rusage; only the leading fields are used, the padding covers the rest.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    public struct Usage
    {
        public long UserSeconds, UserMicros, SystemSeconds, SystemMicros, PeakKilobytes;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    public static partial int Spawn(int* pid, byte* file, byte* actions, byte* attributes, byte** arguments,
        byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetSpawnFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static partial int EmptySet(byte* set);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    public static partial int AddToSet(byte* set, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int pid, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    public static partial int Wait4(int pid, int* status, int options, Usage* usage);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int value);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, ulong count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp", SetLastError = true)]
    public static partial int ForegroundGroup(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    public static partial int OwnGroup();

    public static int LastError => Marshal.GetLastPInvokeError();
}
