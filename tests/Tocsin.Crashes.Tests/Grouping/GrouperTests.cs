using Tocsin.Crashes.Grouping;
using Tocsin.Crashes.Stacks;
using Tocsin.Model.Crashes;
using Tocsin.Testing;
using static Tocsin.Crashes.Tests.SomeCrash;

namespace Tocsin.Crashes.Tests.Grouping;

public sealed class GrouperTests
{
    private const string Plain = """
        System.NullReferenceException: Object reference not set to an instance of an object.
           at Bookings.Fees.Compute(Int32 id) in /src/Fees.cs:line 12
           at Bookings.Desk.Book(Int32 id) in /src/Desk.cs:line 30
           at Program.<Main>$(String[] args)
        """;

    private static string Key(string stack) => Grouper.Of(Thrown(stack)).Key;

    /// <summary>A change here gives every group of every installation a new name: raise Fingerprint.Algorithm with
    /// it.</summary>
    [Theory]
    [InlineData(Plain, "tocsin:1:1ad37a7e2c98e8d4f127f10bab254a14")]
    public void Golden(string stack, string expected)
    {
        Fingerprint print = Grouper.Of(Thrown(stack));
        print.Parts.ShouldBe(
        [
            "service bookings", "type System.NullReferenceException", "frame Bookings.Fees.Compute",
                "frame Bookings.Desk.Book",
            "frame Program.Main",
        ]);
        print.Key.ShouldBe(expected);
        print.Culprit.ShouldBe("Bookings.Fees.Compute");
        print.Title.ShouldBe("NullReferenceException in Bookings.Fees.Compute (bookings)");
        print.Reason.ShouldBe("types of the exception and the application's frames nearest to the crash");
    }

    [Theory]
    [InlineData("other line numbers", """
        System.NullReferenceException: Object reference not set to an instance of an object.
           at Bookings.Fees.Compute(Int32 id) in /build/7/Fees.cs:line 99
           at Bookings.Desk.Book(Int32 id)
           at Program.<Main>$(String[] args)
        """)]
    [InlineData("asynchronous, as the runtime prints it raw", """
        System.NullReferenceException: other words
           at Bookings.Fees.<Compute>d__4.MoveNext()
        --- End of stack trace from previous location ---
           at System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw()
           at System.Runtime.CompilerServices.TaskAwaiter.ThrowForNonSuccess(Task task)
           at System.Runtime.CompilerServices.TaskAwaiter`1.GetResult()
           at Bookings.Desk.<Book>d__2.MoveNext()
        --- End of stack trace from previous location ---
           at Program.<<Main>$>d__0.MoveNext()
           at Program.<Main>(String[] args)
        """)]
    [InlineData("waited for, inside an aggregate", """
        System.AggregateException: One or more errors occurred. (Object reference not set)
         ---> System.NullReferenceException: Object reference not set
           at Bookings.Fees.Compute(Int32 id)
           at Bookings.Desk.Book(Int32 id)
           at Program.<Main>$(String[] args)
           --- End of inner exception stack trace ---
           at System.Threading.Tasks.Task.Wait()
           at Bookings.Startup.Run()
        """)]
    [InlineData("through reflection", """
        System.Reflection.TargetInvocationException: Exception has been thrown by the target of an invocation.
         ---> System.NullReferenceException: x
           at Bookings.Fees.Compute(Int32 id)
           at System.RuntimeMethodHandle.InvokeMethod(Object target)
           at Bookings.Desk.Book(Int32 id)
           at Program.<Main>$(String[] args)
           --- End of inner exception stack trace ---
           at System.Reflection.MethodBaseInvoker.InvokeWithNoArgs()
        """)]
    [InlineData("recursion of any depth", """
        System.NullReferenceException: x
           at Bookings.Fees.Compute(Int32 id)
           at Bookings.Fees.Compute(Int32 id)
           at Bookings.Fees.Compute(Int32 id)
           at Bookings.Desk.Book(Int32 id)
           at Program.<Main>$(String[] args)
        """)]
    public void The_same_bug_is_one_group(string why, string stack) => Key(stack).ShouldBe(Key(Plain), why);

    [Theory]
    [InlineData("another exception",
        "System.InvalidOperationException: x\n   at Bookings.Fees.Compute(Int32 id)\n   at Bookings.Desk.Book(Int32 id)\n   at Program.<Main>$(String[] args)\n")]
    [InlineData("another place",
        "System.NullReferenceException: x\n   at Bookings.Rates.Compute(Int32 id)\n   at Bookings.Desk.Book(Int32 id)\n   at Program.<Main>$(String[] args)\n")]
    [InlineData("another caller near the crash",
        "System.NullReferenceException: x\n   at Bookings.Fees.Compute(Int32 id)\n   at Bookings.Desk.Cancel(Int32 id)\n   at Program.<Main>$(String[] args)\n")]
    [InlineData("wrapped by the application",
        "Acme.BookingException: x\n ---> System.NullReferenceException: x\n   at Bookings.Fees.Compute(Int32 id)\n   at Bookings.Desk.Book(Int32 id)\n   at Program.<Main>$(String[] args)\n   --- End of inner exception stack trace ---\n   at Bookings.Api.Post()\n")]
    public void Different_bugs_are_different_groups(string why, string stack) =>
        Key(stack).ShouldNotBe(Key(Plain), why);

    [Fact]
    public void Services_are_told_apart_and_hosts_releases_and_times_are_not()
    {
        CrashRecord r = Thrown(Plain);
        Grouper.Of(r with { Service = "billing" }).Key.ShouldNotBe(Grouper.Of(r).Key);
        Grouper.Of(r with { Host = "x", Release = "9", Time = Time.AddDays(9), UserId = "u",
            Source = "otlp" }).Key.ShouldBe(Grouper.Of(r).Key);
    }

    [Fact]
    public void Deep_callers_do_not_count()
    {
        string Deep(string entry) =>
            "A.E: x\n" + string.Concat(Enumerable.Range(0, 6).Select(i =>
            $"   at Bookings.F{i}.M()\n")) + $"   at {entry}()\n";
        Key(Deep("Bookings.Web.Post")).ShouldBe(Key(Deep("Bookings.Worker.Run")));
    }

    [Fact]
    public void Without_frames_of_the_application_the_shape_of_the_message_decides()
    {
        string Failed(string message) =>
            $"System.IO.IOException: {message}\n   at System.IO.File.Open(String path)\n   at Microsoft.Extensions.Hosting.Host.Run()\n";
        Key(Failed("cannot open '/a/1.txt' of user 17")).ShouldBe(Key(Failed("cannot open '/b/2.txt' of user 4711")));
        Key(Failed("cannot open '/a/1.txt' of user 17")).ShouldNotBe(Key(Failed("address already in use")));
        Grouper.Of(Thrown(Failed("cannot open 'x'"))).Parts.ShouldContain("message cannot open <quoted>");
    }

    [Theory]
    [InlineData(new[] { "A", "B", "A", "B", "A" }, new[] { "B", "A", "B", "A", "B" })]
    [InlineData(new[] { "A", "B", "C", "A", "B", "C" }, new[] { "C", "A", "B", "C", "A", "B" })]
    public void A_stack_overflow_is_its_loop_wherever_the_stack_ended(string[] one, string[] other)
    {
        CrashRecord Overflow(string[] names) => Of(CrashClass.StackOverflow) with
        {
            Exception = Exception("System.StackOverflowException", "",
                [.. names.Select(n => $"Bookings.Fees.{n}()"), "Bookings.Start.Run()"]),
        };
        Grouper.Of(Overflow(one)).Key.ShouldBe(Grouper.Of(Overflow(other)).Key);
    }

    [Fact]
    public void A_stack_overflow_is_one_group_with_and_without_an_exception_object()
    {
        CrashFrame[] frames = [new CrashFrame { Method = "Bookings.Fees.Compute()", Repeated = 12000 },
            new CrashFrame { Method = "Program.<Main>$()" }];
        CrashRecord stderr = Of(CrashClass.StackOverflow) with { Exception = new CrashException { Type = "System.StackOverflowException", Frames = frames } };
        CrashRecord report = Of(CrashClass.StackOverflow) with { Threads = [new CrashThread("1", true, frames)] };
        Grouper.Of(report).Key.ShouldBe(Grouper.Of(stderr).Key);
        Grouper.Of(report).Title.ShouldBe("StackOverflowException in Bookings.Fees.Compute (bookings)");
    }

    [Fact]
    public void A_death_without_exception_is_its_class_its_ending_and_its_last_words()
    {
        CrashRecord Exit(int code, string stderr) =>
            Of(CrashClass.ExitNonzero) with { Process = new CrashProcess { ExitCode = code }, StderrTail = stderr };
        string key = Grouper.Of(Exit(3, "starting\nfatal: cannot read /etc/a/17.json after 3 s\n")).Key;
        Grouper.Of(Exit(3, "hello\nfatal: cannot read /etc/a/99.json after 12 s\nbye\n")).Key.ShouldBe(key);
        Grouper.Of(Exit(4, "fatal: cannot read /etc/a/17.json after 3 s\n")).Key.ShouldNotBe(key);
        Grouper.Of(Exit(3, "fatal: no such table\n")).Key.ShouldNotBe(key);
        Grouper.Of(Exit(3, "")).Title.ShouldBe("Exit code 3 (bookings)");

        CrashRecord Killed(string stderr) =>
            Of(CrashClass.Killed) with { Process = new CrashProcess { Signal = "SIGKILL", ExitCode = 137 },
            StderrTail = stderr };
        Grouper.Of(Killed("request 1 failed\n")).Key.ShouldBe(Grouper.Of(Killed("all fine\n")).Key,
            "the killed do not know why");
    }

    [Fact]
    public void Several_causes_at_once_are_named()
    {
        CrashException One(string type) => Exception(type, "", $"Bookings.{type.Split('.')[1]}.Run()");
        CrashRecord both = Of(CrashClass.Unhandled) with
        {
            Exception = new CrashException { Type = "System.AggregateException",
                Inner = [One("A.First"), One("A.Second"), One("A.First")] },
        };
        Grouper.Of(both).Parts.ShouldContain("and A.Second");
        Grouper.Of(both).Parts.ShouldContain("type A.First");
    }

    [Theory]
    [InlineData("Java",
        "Exception in thread \"main\" java.util.concurrent.ExecutionException: x\n\tat java.base/java.util.concurrent.FutureTask.get(FutureTask.java:1)\nCaused by: a.b.FeeException: x\n\tat com.acme.Fees.lambda$compute$0(Fees.java:12)\n\tat com.acme.Desk.book(Desk.java:3)\n",
        "a.b.FeeException: y\n\tat com.acme.Fees.lambda$compute$7(Fees.java:99)\n\tat java.base/java.lang.Thread.run(Thread.java:833)\n\tat com.acme.Desk.book(Desk.java:8)\n")]
    [InlineData("Python",
        "Traceback (most recent call last):\n  File \"/app/desk.py\", line 1, in book\n    x\n  File \"/app/fees.py\", line 2, in compute\n    y\nKeyError: 'a'\n",
        "Traceback (most recent call last):\n  File \"/srv/app/desk.py\", line 10, in book\n    x\n  File \"/usr/lib/python3.11/site-packages/lib.py\", line 2, in call\n  File \"/srv/app/fees.py\", line 20, in compute\n    y\nKeyError: 'b'\n")]
    [InlineData("Node",
        "TypeError: x\n    at Object.compute (/app/dist/fees.js:1:2)\n    at book (/app/dist/desk.js:3:4)\n",
        "TypeError: y\n    at compute (/srv/app/fees.js:10:2)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n    at async book (/srv/app/desk.js:30:4)\n")]
    public void Other_languages_group_as_well(string language, string one, string other) =>
        Key(other).ShouldBe(Key(one), language);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_record_has_a_fingerprint()
    {
        var random = FuzzSeed.Random(9);
        string[] words = ["", "System.X", "<", "A.B`1[C]", "java.lang.E", new('x', 600), "\0", "a b",
            "System.AggregateException"];
        CrashException Any(int depth) => new()
        {
            Type = words[random.Next(words.Length)],
            Message = words[random.Next(words.Length)],
            Frames = [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ =>
                new CrashFrame { Method = words[random.Next(words.Length)], Repeated = random.Next(1, 3) })],
            Inner = depth > 25 ? []
                : [.. Enumerable.Range(0, random.Next(0, 3) / (depth / 3 + 1)).Select(_ => Any(depth + 1))],
        };
        for (int i = 0; i < 5000; i++)
        {
            CrashRecord r = Of((CrashClass)random.Next(13)) with { Exception = random.Next(4) == 0 ? null : Any(0),
                StderrTail = words[random.Next(words.Length)] };
            Fingerprint print = Grouper.Of(r);
            print.Key.Length.ShouldBe("tocsin:1:".Length + 32);
            Grouper.Of(r).Key.ShouldBe(print.Key);
            print.Title.ShouldNotBeNullOrWhiteSpace();
        }
    }
}
