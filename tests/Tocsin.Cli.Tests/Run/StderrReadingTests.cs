using System.Text;
using Tocsin.Cli.Run.Stderr;
using Tocsin.Model.Crashes;
using Tocsin.Testing;

namespace Tocsin.Cli.Tests.Run;

/// <summary>What seven runtimes write when they die, read back.</summary>
public sealed class StderrReadingTests
{
    [Theory]
    [InlineData("dn-throw", CrashClass.Unhandled, "System.InvalidOperationException", "could not save order abc",
        "Shop.Program.Save(String id)")]
    [InlineData("dn-async", CrashClass.Unhandled, "System.InvalidOperationException", "could not save order x1",
        "Shop.Program.Save(String id)")]
    [InlineData("dn-thread", CrashClass.Unhandled, "System.InvalidOperationException", "could not save order t",
        "Shop.Program.Save(String id)")]
    [InlineData("dn-generic", CrashClass.Unhandled, "System.Collections.Generic.KeyNotFoundException",
        "The given key 'a:b' was not present.",
        "Shop.Program.Box`1.<>c__0`1.<Open>b__0_0()")]
    [InlineData("dn-null", CrashClass.Unhandled, "System.NullReferenceException",
        "Object reference not set to an instance of an object.",
        "Shop.Program.Main(String[] a)")]
    [InlineData("dn-overflow", CrashClass.StackOverflow, "System.StackOverflowException", "The stack overflowed.",
        "Shop.Program.Recurse(Int32)")]
    [InlineData("dn-pingpong", CrashClass.StackOverflow, "System.StackOverflowException", "The stack overflowed.",
        "Shop.Program.Pong(Int32)")]
    [InlineData("dn-oom", CrashClass.OutOfMemory, "System.OutOfMemoryException", "Out of memory.", null)]
    [InlineData("py-chain", CrashClass.Unhandled, "RuntimeError", "could not save order abc", "save")]
    [InlineData("py-ctx", CrashClass.Unhandled, "OSError", "[Errno 5] in handler", "f")]
    [InlineData("py-rec", CrashClass.StackOverflow, "RecursionError", "maximum recursion depth exceeded", "f")]
    [InlineData("py-multi", CrashClass.Unhandled, "MyErr", "line one\nline two: x\n\nline four", "<module>")]
    [InlineData("py-bare", CrashClass.Unhandled, "AssertionError", "", "<module>")]
    [InlineData("py-syntax", CrashClass.Unhandled, "SyntaxError", "'(' was never closed", "<module>")]
    [InlineData("py-segv", CrashClass.NativeAbort, "Fatal Python error", "Segmentation fault", "string_at")]
    [InlineData("py-aio", CrashClass.Unhandled, "LookupError", "nope", "g")]
    [InlineData("node-thrown", CrashClass.Unhandled, "Error", "could not save", "Api.handle")]
    [InlineData("node-reject", CrashClass.Unhandled, "RangeError", "late", "go")]
    [InlineData("node-props", CrashClass.Unhandled, "Error", "multi\nline", "Object.<anonymous>")]
    [InlineData("node-thrstr", CrashClass.Unhandled, "Uncaught", "just text", null)]
    [InlineData("node-rec", CrashClass.StackOverflow, "RangeError", "Maximum call stack size exceeded", "f")]
    [InlineData("node-esm", CrashClass.Unhandled, "Error", "esm boom", "<anonymous>")]
    [InlineData("node-enoent", CrashClass.Unhandled, "Error",
        "ENOENT: no such file or directory, open '/nonexistent'", "Object.openSync")]
    [InlineData("node-syntax", CrashClass.Unhandled, "SyntaxError", "Unexpected token ';'", "wrapSafe")]
    [InlineData("node-heap", CrashClass.OutOfMemory, "FATAL ERROR",
        "CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory",
        "node::OOMErrorHandler(char const*, v8::OOMDetails const&)")]
    [InlineData("node-abort", CrashClass.NativeAbort, "abort", "", "<anonymous>")]
    [InlineData("java-chain", CrashClass.Unhandled, "java.lang.IllegalStateException", "could not save abc",
        "Chain.save")]
    [InlineData("java-oom", CrashClass.OutOfMemory, "java.lang.OutOfMemoryError", "Java heap space", "Chain.main")]
    [InlineData("java-rec", CrashClass.StackOverflow, "java.lang.StackOverflowError", "", "Chain.rec")]
    [InlineData("java-supp", CrashClass.Unhandled, "java.lang.Exception", "main", "Chain.main")]
    [InlineData("go-panic", CrashClass.Unhandled, "panic", "could not save order abc", "main.save")]
    [InlineData("go-nil", CrashClass.Unhandled, "runtime error",
        "runtime error: invalid memory address or nil pointer dereference", "main.main")]
    [InlineData("go-deadlock", CrashClass.Unhandled, "fatal error", "all goroutines are asleep - deadlock!",
        "main.main")]
    [InlineData("rust-unwrap", CrashClass.Unhandled, "panic",
        "called `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }",
        "__rustc::rust_begin_unwind")]
    [InlineData("rust-rec", CrashClass.StackOverflow, "stack overflow", null, null)]
    [InlineData("cpp-rt", CrashClass.Unhandled, "std::runtime_error", "could not save\nmore", null)]
    [InlineData("cpp-int", CrashClass.Unhandled, "int", "", null)]
    [InlineData("c-smash", CrashClass.NativeAbort, "abort", "*** stack smashing detected ***: terminated", null)]
    [InlineData("c-inv", CrashClass.NativeAbort, "abort", "free(): invalid pointer", null)]
    [InlineData("c-assert", CrashClass.NativeAbort, "Assertion failed", "n==99", "main")]
    public void The_last_words_name_the_death(string golden, CrashClass kind, string type, string? message, string? top)
    {
        var finding = Golden.Read(golden);

        finding.Class.ShouldBe(kind);
        finding.Exception.Type.ShouldBe(type);
        if (message is not null)
        {
            finding.Exception.Message.ShouldBe(message);
        }

        (finding.Exception.Frames.Count > 0 ? finding.Exception.Frames[0].Method : null).ShouldBe(top);
    }

    [Fact]
    public void Every_golden_is_recognised_and_is_the_last_word()
    {
        foreach (var name in Golden.Stderr)
        {
            var lines = StderrReading.Lines(Golden.Text(name));
            var finding = StderrReading.Read(lines).ShouldNotBeNull(name);
            StderrReading.IsLastWord(finding, lines).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Inner_exceptions_hang_below_their_outer_one_with_frames_of_their_own()
    {
        var outer = Golden.Read("dn-throw").Exception;
        outer.Frames.Select(f => f.Line).ShouldBe([10, 17, null]);
        outer.Frames[0].File.ShouldBe("/app/Program.cs");

        var middle = outer.Inner.ShouldHaveSingleItem();
        (middle.Type, middle.Message).ShouldBe(("System.ArgumentException",
            "bad id\nsecond line of text (Parameter 'id')"));
        middle.Frames.Count.ShouldBe(2);

        var inner = middle.Inner.ShouldHaveSingleItem();
        (inner.Type, inner.Frames.Count).ShouldBe(("System.FormatException", 3));
    }

    [Fact]
    public void An_aggregate_keeps_all_its_members_and_its_own_frames()
    {
        var aggregate = Golden.Read("dn-aggregate").Exception;
        aggregate.Type.ShouldBe("System.AggregateException");
        aggregate.Inner.Select(e => e.Type).ShouldBe(["System.TimeoutException", "System.InvalidOperationException"]);
        aggregate.Inner[1].Inner[0].Inner[0].Type.ShouldBe("System.FormatException");
        aggregate.Inner[1].Frames.Count.ShouldBe(4);
        aggregate.Frames.Count.ShouldBe(5);
    }

    [Fact]
    public void Fail_fast_carries_its_message_its_stack_and_the_exception_it_was_given()
    {
        var exception = Golden.Read("dn-failfastex").Exception;
        (exception.Type, exception.Message, exception.Frames.Count).ShouldBe(("FailFast", "ledger is inconsistent", 8));
        exception.Inner[0].Message.ShouldBe("could not save order q");
        exception.Inner[0].Inner[0].Inner[0].Type.ShouldBe("System.FormatException");
        Golden.Read("dn-failfast").Exception.Inner.ShouldBeEmpty();
    }

    [Fact]
    public void Recursion_is_folded_into_repeats()
    {
        Golden.Read("dn-overflow").Exception.Frames.Select(f => f.Repeated).Take(2).ShouldBe([261698, 1]);
        Golden.Read("dn-pingpong").Exception.Frames.Select(f => f.Repeated).Take(3).ShouldBe([130847, 130847, 1]);
        Golden.Read("py-rec").Exception.Frames[0].Repeated.ShouldBe(999);
        Golden.Read("java-rec").Exception.Frames[0].Repeated.ShouldBe(1024);
        Golden.Read("go-overflow").Exception.Frames.Select(f => (f.Method, f.Repeated)).ShouldBe([("main.f", 2),
            ("main.main", 1)]);
    }

    [Fact]
    public void Access_violation_is_told_from_other_fatal_errors()
    {
        Golden.Read("dn-av").Class.ShouldBe(CrashClass.AccessViolation);
        StderrReading.Read("Fatal error. System.AccessViolationException: bad\n   at A.B()")!.Class.ShouldBe(
            CrashClass.AccessViolation);
        StderrReading.Read("Fatal error. Internal CLR error. (0x80131506)\n   at A.B()")!.Class.ShouldBe(
            CrashClass.NativeAbort);
    }

    [Fact]
    public void Causes_of_other_runtimes_are_kept()
    {
        Golden.Read("py-chain").Exception.Inner[0].Type.ShouldBe("ValueError");
        Golden.Read("py-ctx").Exception.Inner[0].Type.ShouldBe("KeyError");
        Golden.Read("py-group").Exception.Inner.Select(e => (e.Type, e.Message)).ShouldBe([("ValueError", "a"),
            ("TypeError", "b")]);
        Golden.Read("node-thrown").Exception.Inner[0].Type.ShouldBe("TypeError");
        Golden.Read("node-thrown").Exception.Inner[0].Frames[0].ShouldBe(new CrashFrame { Method = "parse",
            File = "/app/thrown.js", Line = 1 });
        var java = Golden.Read("java-chain").Exception.Inner[0];
        java.Type.ShouldBe("java.lang.NumberFormatException");
        java.Frames[1].ShouldBe(new CrashFrame { Method = "java.lang.Integer.parseInt", Module = "java.base",
            File = "Integer.java", Line = 668 });
    }

    [Fact]
    public void An_old_notice_followed_by_much_more_output_is_not_the_last_word()
    {
        var text = Golden.Text("py-chain.txt") + string.Concat(Enumerable.Range(0,
            100).Select(i => $"INFO request {i}\n"));
        var lines = StderrReading.Lines(text);
        StderrReading.IsLastWord(StderrReading.Read(lines)!, lines).ShouldBeFalse();
    }

    [Fact]
    public void The_last_of_several_notices_counts() =>
        StderrReading.Read(Golden.Text("py-chain.txt") + Golden.Text("dn-throw.txt"))!.Runtime.ShouldBe("dotnet");

    [Fact]
    public void A_notice_that_begins_in_the_middle_of_a_line_is_found() =>
        StderrReading.Read("progress 50%Unhandled exception. System.Exception: x\n   at A.B()")!.Exception.Type.ShouldBe("System.Exception");

    [Fact]
    public void Ordinary_output_is_no_notice()
    {
        StderrReading.Read("warn: slow\nerror: could not connect\n  retrying at 5 s\n").ShouldBeNull();
        StderrReading.Read("").ShouldBeNull();
    }

    [Fact]
    public void Long_stacks_keep_both_ends()
    {
        var text = "Unhandled exception. System.Exception: x\n" + string.Concat(Enumerable.Range(0,
            1000).Select(i => $"   at A.M{i}()\n"));
        var frames = StderrReading.Read(text)!.Exception.Frames;
        frames.Count.ShouldBe(StackFolding.MaxFrames);
        (frames[0].Method, frames[^1].Method).ShouldBe(("A.M0()", "A.M999()"));
        frames[125].Method.ShouldBe("... 751 frames left out ...");
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Damaged_and_mixed_outputs_never_break_the_readers()
    {
        var random = FuzzSeed.Random(4480);
        var goldens = Golden.Stderr.Select(Golden.Text).ToArray();
        for (var round = 0; round < 8000; round++)
        {
            var text = Mutate(random, goldens);
            var lines = StderrReading.Lines(text);
            if (StderrReading.Read(lines) is { } finding)
            {
                finding.FirstLine.ShouldBeInRange(0, lines.Length - 1);
                finding.LastLine.ShouldBeInRange(finding.FirstLine, lines.Length - 1);
                Depth(finding.Exception).ShouldBeLessThan(70);
                finding.Exception.Frames.Count.ShouldBeLessThanOrEqualTo(StackFolding.MaxFrames);
                finding.Exception.Message.Length.ShouldBeLessThanOrEqualTo(StackFolding.MaxMessageChars + 1);
            }
        }
    }

    private static int Depth(CrashException exception) => 1 + exception.Inner.Select(Depth).DefaultIfEmpty(0).Max();

    private static string Mutate(Random random, string[] goldens)
    {
        var text = new StringBuilder(goldens[random.Next(goldens.Length)]);
        for (var i = random.Next(1, 12); i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(6))
            {
                case 0: text.Length = at; break;
                case 1: text[at] = (char)random.Next(0, 256); break;
                case 2: text.Remove(at, Math.Min(random.Next(1, 60), text.Length - at)); break;
                case 3: text.Insert(at, string.Concat(goldens[random.Next(goldens.Length)].Take(random.Next(60))));
                    break;
                case 4: text.Insert(at, '\n'); break;
                default: text.Append(goldens[random.Next(goldens.Length)]); break;
            }
        }

        return text.Length > 40_000 ? text.ToString(0, 40_000) : text.ToString();
    }
}
