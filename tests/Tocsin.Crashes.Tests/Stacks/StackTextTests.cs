using System.Diagnostics;
using System.Text;
using Tocsin.Crashes.Stacks;
using Tocsin.Model.Crashes;
using Tocsin.Testing;

namespace Tocsin.Crashes.Tests.Stacks;

public sealed class StackTextTests
{
    public const string DotNet = """
        System.InvalidOperationException: Could not book
        second line
         ---> System.NullReferenceException: Object reference not set to an instance of an object.
           at Bookings.Fees.Compute(Int32 id) in /src/Fees.cs:line 12
           at Bookings.Fees.<>c.<All>b__1_0(Int32 x)
           --- End of inner exception stack trace ---
           at Bookings.Desk.Book() in /src/Desk.cs:line 30
        --- End of stack trace from previous location ---
           at Program.<Main>$(String[] args)
        """;

    public const string Java = """
        Exception in thread "main" com.acme.BookingException: could not book
        	at com.acme.Desk.book(Desk.java:30)
        	at com.acme.Main.main(Main.java:5)
        	Suppressed: java.io.IOException: closed
        		at com.acme.Res.close(Res.java:1)
        Caused by: java.lang.NullPointerException: Cannot invoke "String.length()"
        	at com.acme.Fees.compute(Fees.java:12)
        	at java.base/java.lang.Thread.run(Thread.java:833)
        	... 12 more
        """;

    public const string Python = """
        Traceback (most recent call last):
          File "/app/bookings/fees.py", line 12, in compute
            return total / count
                   ~~~~~~^~~~~~~
        ZeroDivisionError: division by zero

        The above exception was the direct cause of the following exception:

        Traceback (most recent call last):
          File "/app/main.py", line 5, in <module>
            book()
          File "/app/bookings/desk.py", line 30, in book
            raise BookingError("could not book") from e
        bookings.errors.BookingError: could not book
        """;

    public const string Node = """
        /app/dist/fees.js:10
            return fee.rate
                       ^

        TypeError: Cannot read properties of undefined (reading 'rate')
            at compute (/app/dist/fees.js:10:16)
            at async Object.book [as run] (/app/dist/desk.js:30:5)
            at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
            at /app/dist/main.js:3:1
        """;

    [Fact]
    public void DotNet_exceptions_come_with_their_causes()
    {
        CrashException e = StackText.Parse(DotNet)!;
        e.Type.ShouldBe("System.InvalidOperationException");
        e.Message.ShouldBe("Could not book\nsecond line");
        e.Frames.Select(f => f.Method).ShouldBe(["Bookings.Desk.Book()", "Program.<Main>$(String[] args)"]);
        e.Frames[0].ShouldBe(new CrashFrame { Method = "Bookings.Desk.Book()", File = "/src/Desk.cs", Line = 30 });
        CrashException inner = e.Inner.ShouldHaveSingleItem();
        inner.Type.ShouldBe("System.NullReferenceException");
        inner.Frames.Count.ShouldBe(2);
        inner.Frames[0].Line.ShouldBe(12);
    }

    [Fact]
    public void An_aggregate_keeps_all_its_causes()
    {
        CrashException e = StackText.Parse("""
            System.AggregateException: One or more errors occurred. (a) (b)
             ---> System.Exception: a
               at A.One()
               --- End of inner exception stack trace ---
               at A.Wait()
             ---> (Inner Exception #1) System.TimeoutException: b
               at A.Two()<---
            """)!;
        e.Inner.Select(i => i.Type).ShouldBe(["System.Exception", "System.TimeoutException"]);
        e.Inner[1].Frames.ShouldHaveSingleItem().Method.ShouldBe("A.Two()");
        e.Frames.ShouldHaveSingleItem().Method.ShouldBe("A.Wait()");
    }

    [Fact]
    public void A_stack_overflow_tells_how_often_its_loop_ran()
    {
        CrashException e = StackText.Parse("""
            Stack overflow.
            Repeated 12034 times:
            --------------------------------
               at Bookings.Fees.A(Int32)
               at Bookings.Fees.B(Int32)
            --------------------------------
               at Program.<Main>$(System.String[])
            """)!;
        e.Frames.Select(f => f.Repeated).ShouldBe([12034, 12034, 1]);
    }

    [Fact]
    public void Java_causes_are_chained_and_suppressed_ones_left_out()
    {
        CrashException e = StackText.Parse(Java)!;
        e.Type.ShouldBe("com.acme.BookingException");
        e.Frames.Select(f => f.Method).ShouldBe(["com.acme.Desk.book", "com.acme.Main.main"]);
        CrashException cause = e.Inner.ShouldHaveSingleItem();
        cause.Type.ShouldBe("java.lang.NullPointerException");
        cause.Message.ShouldBe("Cannot invoke \"String.length()\"");
        cause.Frames[0].ShouldBe(new CrashFrame { Method = "com.acme.Fees.compute", File = "Fees.java", Line = 12 });
    }

    [Fact]
    public void Python_tracebacks_are_turned_round()
    {
        CrashException e = StackText.Parse(Python)!;
        (e.Type, e.Message).ShouldBe(("bookings.errors.BookingError", "could not book"));
        e.Frames.Select(f => f.Method).ShouldBe(["bookings.desk.book", "main.<module>"]);
        CrashException cause = e.Inner.ShouldHaveSingleItem();
        (cause.Type, cause.Message).ShouldBe(("ZeroDivisionError", "division by zero"));
        cause.Frames.ShouldHaveSingleItem().ShouldBe(new CrashFrame
        {
            Method = "bookings.fees.compute", Module = "bookings.fees", File = "/app/bookings/fees.py", Line = 12,
        });
    }

    [Fact]
    public void Python_recursion_is_counted()
    {
        CrashException e = StackText.Parse("""
            Traceback (most recent call last):
              File "/app/fees.py", line 3, in compute
                return compute(n)
              [Previous line repeated 985 more times]
            RecursionError: maximum recursion depth exceeded
            """)!;
        e.Frames.ShouldHaveSingleItem().Repeated.ShouldBe(986);
    }

    [Fact]
    public void Node_stacks_name_module_and_function()
    {
        CrashException e = StackText.Parse(Node[Node.IndexOf("TypeError", StringComparison.Ordinal)..])!;
        e.Type.ShouldBe("TypeError");
        e.Frames.Select(f =>
            f.Method).ShouldBe(["fees.compute", "desk.book", "process.task_queues.process.processTicksAndRejections",
            "main.anonymous"]);
        e.Frames[0].Line.ShouldBe(10);
    }

    [Theory]
    [InlineData("noise\nmore noise\n", null)]
    [InlineData("", null)]
    public void Text_without_a_stack_is_no_exception(string text, string? expected) =>
        StackText.Parse(text)?.Type.ShouldBe(expected);

    [Fact]
    public void Standard_error_gives_the_last_uncaught_exception()
    {
        StackText.Uncaught("starting\nTraceback (most recent call last):\n  File \"/a.py\", line 1, in f\nOldError: x\nmore\n" + Python)!
            .Type.ShouldBe("bookings.errors.BookingError");
        StackText.Uncaught("log: handled\n   at A.B()\n").ShouldBeNull();
        StackText.Uncaught("Unhandled exception. " + DotNet)!.Type.ShouldBe("System.InvalidOperationException");
    }

    [Fact]
    public void A_python_frame_without_a_file_is_no_frame() =>
        StackText.Parse("Traceback (most recent call last):\n  File \", line 1, in f\nE: x").ShouldBeNull();

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Mutated_stacks_are_read_in_bounded_time_and_size()
    {
        var random = FuzzSeed.Random(5);
        string[] seeds = [DotNet, Java, Python, Node];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 8000; i++)
        {
            var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
            for (int n = random.Next(1, 8); n > 0; n--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0: text[at] = (char)random.Next(0, 300); break;
                    case 1: text.Remove(at, Math.Min(text.Length - at, random.Next(1, 20))).Append(' '); break;
                    default: text.Insert(at, seeds[random.Next(seeds.Length)].AsSpan(0, 40)); break;
                }
            }
            StackText.Parse(text.ToString());
            StackText.Uncaught(text.ToString());
        }
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("   at A.B()\n")]
    [InlineData(" ---> A.E: x\n   at A.B()\n")]
    [InlineData("Caused by: a.B: x\n\tat a.B.c(B.java:1)\n")]
    [InlineData("Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\nE: x\n\n")]
    [InlineData("Unhandled exception. ")]
    [InlineData("at (((((((((((:::::")]
    public void Endless_repetition_is_cut(string piece)
    {
        string text = "A.E: x\n" + string.Concat(Enumerable.Repeat(piece, 200_000));
        long start = Stopwatch.GetTimestamp();
        CrashException? e = StackText.Parse(text);
        StackText.Uncaught(text);
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        int depth = 0;
        for (; e is not null && depth < 1000; depth++)
        {
            e.Frames.Count.ShouldBeLessThanOrEqualTo(250);
            e = e.Inner.Count > 0 ? e.Inner[0] : null;
        }
        depth.ShouldBeLessThanOrEqualTo(25);
    }
}
