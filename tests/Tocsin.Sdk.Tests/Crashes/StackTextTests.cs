using TocsinSdk.Crashes;

namespace TocsinSdk.Tests.Crashes;

public sealed class StackTextTests
{
    [Fact]
    public void Frames_are_taken_apart_into_method_file_and_line()
    {
        StackText.Parse("""
               at App.Shop.Pay(Int32 id) in /src/in the/Shop.cs:line 42
               at App.Shop.<>c.<Main>b__0_0()
            --- End of stack trace from previous location ---
               at System.Threading.Tasks.Task.Run(Action a)
            """).ShouldBe([
            new("App.Shop.Pay(Int32 id)", "/src/in the/Shop.cs", 42, 1),
            new("App.Shop.<>c.<Main>b__0_0()", null, null, 1),
            new("System.Threading.Tasks.Task.Run(Action a)", null, null, 1),
        ]);
    }

    [Fact]
    public void Direct_recursion_is_folded()
    {
        StackText.Parse("at A()\nat B()\nat B()\nat B()\nat A()")
            .ShouldBe([new("A()", null, null, 1), new("B()", null, null, 3), new("A()", null, null, 1)]);
    }

    [Fact]
    public void A_long_stack_keeps_both_ends()
    {
        var frames = StackText.Parse(string.Join('\n', Enumerable.Range(0, 100_000).Select(i => $"at M{i}()")));
        frames.Count.ShouldBe(StackText.MaxFrames);
        frames[0].Method.ShouldBe("M0()");
        frames[125].Method.ShouldBe("[99751 frames left out]");
        frames[^1].Method.ShouldBe("M99999()");
    }

    [Fact]
    public void Any_text_is_parsed()
    {
        var random = new Random(3);
        string[] pieces = ["at ", " in ", ") in ", ":line ", "12", "\n", "A.B(", ")", "é", "\r\n", ":line 99999999999"];
        for (var round = 0; round < 5000; round++)
            StackText.Parse(string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => pieces[random.Next(pieces.Length)])))
                .ShouldAllBe(f => f.Method != null && f.Repeated > 0);
    }
}
