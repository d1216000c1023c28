using System.Runtime.InteropServices;

namespace TocsinSdk.Tracking;

/// <summary>CPU time of the calling thread, user and kernel, in nanoseconds.</summary>
internal static partial class ThreadCpu
{
    private const int LinuxThreadClock = 3, AppleThreadClock = 16;

    // nint: C's long and time_t on 64-bit systems, and still the right size on the 32-bit ones .NET runs on.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds, Nanoseconds;
    }

    private static readonly int s_clock =
        OperatingSystem.IsLinux() ? LinuxThreadClock : OperatingSystem.IsMacOS() ? AppleThreadClock : -1;

    /// <summary>
    /// Whether the platform tells; asked once, because a failure while contexts change would end the process.
    /// </summary>
    public static bool Known { get; } = Works();

    /// <summary>0 where the platform does not tell. Windows counts in steps of about 16 ms.</summary>
    public static unsafe long Now()
    {
        if (!Known)
            return 0;
        if (s_clock < 0)
            return WindowsNow();
        TimeSpec time;
        return ClockGetTime(s_clock, &time) == 0 ? time.Seconds * 1_000_000_000L + time.Nanoseconds : 0;
    }

    private static unsafe bool Works()
    {
        try
        {
            TimeSpec time;
            return s_clock >= 0 ? ClockGetTime(s_clock, &time) == 0 : OperatingSystem.IsWindows() && WindowsNow() >= 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static long WindowsNow() =>
        GetThreadTimes(CurrentThread, out _, out _, out var kernel, out var user) ? (kernel + user) * 100 : 0;

    // Windows' pseudo handle of whoever asks.
    private const nint CurrentThread = -2;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static unsafe partial int ClockGetTime(int clock, TimeSpec* time);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetThreadTimes(
        nint thread, out long created, out long ended, out long kernel, out long user);
}
