namespace Tocsin.Acceptance.Deaths;

internal enum Mode
{
    /// <summary>`tocsin run` around a program that knows nothing of Tocsin.</summary>
    Supervised,

    /// <summary>The SDK inside, nobody around.</summary>
    SdkOnly,

    Both,
}

/// <summary>One way to die, and the class that each mode must find. Null: nothing to be seen, and nothing must be reported.</summary>
/// <param name="Kind">Argument of the program that dies.</param>
/// <param name="AtNextStart">With the SDK alone nobody is left to tell; the next start of the program does.</param>
internal sealed record Way(string Kind, string? Supervised, string? SdkOnly, string? Both)
{
    public bool AtNextStart { get; init; }

    /// <summary>Signals that the test sends to the program itself once it runs.</summary>
    public int Signal { get; init; }

    /// <summary>The process lives on; the test ends it afterwards.</summary>
    public bool Lives { get; init; }

    /// <summary>Several records are right: each failure is one.</summary>
    public bool Repeats { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Another program than the one that knows all the ways.</summary>
    public string[]? Command { get; init; }

    /// <summary>Runs inside a memory control group of this size, where the machine lets us make one.</summary>
    public long? MemoryLimit { get; init; }

    public string? Expected(Mode mode) => mode switch { Mode.Supervised => Supervised, Mode.SdkOnly => SdkOnly, _ => Both };

    public bool Applies(Mode mode) => Command is null || mode == Mode.Supervised;

    // With no byte left the runtime may fail in raising the event that the SDK waits for; then the next start tells.
    private static readonly Dictionary<string, string> s_smallHeap = new() { ["DOTNET_GCHeapHardLimit"] = "0x8000000" };

    public static IReadOnlyList<Way> All { get; } =
    [
        new("main", "unhandled", "unhandled", "unhandled"),
        new("thread", "unhandled", "unhandled", "unhandled"),
        new("nested", "unhandled", "unhandled", "unhandled"),
        new("async-disposed", "unhandled", "unhandled", "unhandled"),
        new("race", "unhandled", "unhandled", "unhandled"),
        new("starved", "unhandled", "unhandled", "unhandled"),
        new("task", null, "unobserved", "unobserved") { Lives = true, Repeats = true },
        new("stack-overflow", "stack_overflow", "stack_overflow", "stack_overflow") { AtNextStart = true },
        new("fail-fast", "fail_fast", "fail_fast", "fail_fast") { AtNextStart = true },
        new("access-violation", "access_violation", "access_violation", "access_violation") { AtNextStart = true },
        new("native-abort", "native_abort", "native_abort", "native_abort") { AtNextStart = true },
        new("out-of-memory", "out_of_memory", "out_of_memory", "out_of_memory") { AtNextStart = true, Variables = s_smallHeap },
        new("kill-self", "killed", "abnormal", "killed") { AtNextStart = true },
        new("exit", "exit_nonzero", null, "exit_nonzero"),
        new("wait", "terminated", null, null) { Signal = 15 },
        new("hang", null, "hung", "hung") { Lives = true },
        new("oom", "oom_killed", null, null)
        {
            Command = ["/usr/bin/python3", "-c", "x=[]\nwhile True: x.append(bytearray(1<<20))"], MemoryLimit = 384L << 20,
        },
        new("python", "unhandled", null, null) { Command = ["/usr/bin/python3", "-c", "{}['missing']"] },
        new("node", "unhandled", null, null) { Command = ["node", "-e", "null.x"] },
        new("shell", "exit_nonzero", null, null) { Command = ["/bin/sh", "-c", "exit 7"] },
        new("native", "native_abort", null, null) { Command = ["/bin/sh", "-c", "kill -SEGV $$"] },
    ];
}
