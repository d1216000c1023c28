namespace Crasher;

/// <summary>Handlers of UnhandledException as applications have them, added before the library's or after it.</summary>
internal static class Handlers
{
    public const int ExitCode = 9;

    private static int s_crashes;

    public static void AddBefore(string kind) => Add(kind, "before");

    public static void AddAfter(string kind) => Add(kind, "after");

    // "handler-exits-before": what it does, and when it was added.
    private static void Add(string kind, string when)
    {
        if (kind.Split('-') is not ["handler", var deed, var added] || added != when)
            return;
        AppDomain.CurrentDomain.UnhandledException += (_, _) =>
        {
            Console.WriteLine("own handler");
            switch (deed)
            {
                case "exits": Environment.Exit(ExitCode); break;
                case "throws": throw new InvalidOperationException("a handler that fails");
                case "hangs": Thread.Sleep(Timeout.Infinite); break;
                case "crashes" when Interlocked.Exchange(ref s_crashes, 1) == 0: Program.OnThread(static () => Program.Throw("a second crash inside the first")); break;
                case "crashes": break;
                default: throw new ArgumentException(deed);
            }
        };
    }
}
