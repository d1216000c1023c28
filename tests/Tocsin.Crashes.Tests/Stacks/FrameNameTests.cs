using Tocsin.Crashes.Stacks;
using Tocsin.Model.Crashes;
using Tocsin.Testing;

namespace Tocsin.Crashes.Tests.Stacks;

public sealed class FrameNameTests
{
    [Theory]
    [InlineData("Bookings.Fees.Compute(Int32 id)", "Bookings.Fees.Compute")]
    [InlineData("at Bookings.Fees.Compute(Int32 id, String name)", "Bookings.Fees.Compute")]
    [InlineData("Bookings.Fees.<Compute>d__4.MoveNext()", "Bookings.Fees.Compute")]
    [InlineData("Bookings.Fees+<Compute>d__4.MoveNext()", "Bookings.Fees.Compute")]
    [InlineData("Bookings.Fees+<Compute>d__4`1[[System.Int32, System.Private.CoreLib]].MoveNext()",
        "Bookings.Fees.Compute")]
    [InlineData("Bookings.Fees.<>c.<Compute>b__4_0(Int32 x)", "Bookings.Fees.Compute.lambda")]
    [InlineData("Bookings.Fees.<>c__DisplayClass4_0.<Compute>b__1()", "Bookings.Fees.Compute.lambda")]
    [InlineData("Bookings.Fees.<>c__DisplayClass4_0.<<Compute>b__0>d.MoveNext()", "Bookings.Fees.Compute.lambda")]
    [InlineData("Bookings.Fees.<>c__DisplayClass7_0`1.<<Compute>b__0>d.MoveNext()", "Bookings.Fees.Compute.lambda")]
    [InlineData("Bookings.Fees.<Compute>g__Inner|4_0(Int32 x)", "Bookings.Fees.Compute.Inner")]
    [InlineData("Bookings.Fees.<<Compute>g__Inner|4_0>d.MoveNext()", "Bookings.Fees.Compute.Inner")]
    [InlineData("Program.<Main>$(String[] args)", "Program.Main")]
    [InlineData("Program.<<Main>$>g__Run|0_0()", "Program.Main.Run")]
    [InlineData("Program.<<Main>$>d__0.MoveNext()", "Program.Main")]
    [InlineData("Bookings.Cache`2.Get[T](TKey key)", "Bookings.Cache.Get")]
    [InlineData("Bookings.Cache`2[[System.Int32],[System.String]].Get(Int32)", "Bookings.Cache.Get")]
    [InlineData("Bookings.Fees..ctor()", "Bookings.Fees..ctor")]
    [InlineData("Bookings.Fees..cctor()", "Bookings.Fees..cctor")]
    [InlineData("Bookings.<Program>F3A1B__Secret.Run()", "Bookings.Secret.Run")]
    [InlineData("Bookings.Rows.<Items>d__3.MoveNext()", "Bookings.Rows.Items")]
    [InlineData("Bookings.Rows.MoveNext()", "Bookings.Rows.MoveNext")]
    [InlineData("com.acme.Fees.compute(Fees.java:12)", "com.acme.Fees.compute")]
    [InlineData("com.acme.Fees.lambda$compute$0(Fees.java:12)", "com.acme.Fees.compute.lambda")]
    [InlineData("com.acme.Fees$Inner.compute(Fees.java:12)", "com.acme.Fees.Inner.compute")]
    [InlineData("com.acme.Fees$1.run(Fees.java:12)", "com.acme.Fees.run")]
    [InlineData("com.acme.Fees$$EnhancerBySpringCGLIB$$1a2b3c.compute(<generated>)", "com.acme.Fees.compute")]
    [InlineData("java.base/java.util.ArrayList.get(ArrayList.java:427)", "java.util.ArrayList.get")]
    [InlineData("app//com.acme.Fees.compute(Fees.java:1)", "com.acme.Fees.compute")]
    [InlineData("bookings.fees.compute", "bookings.fees.compute")]
    [InlineData("fees.<lambda>", "fees.lambda")]
    [InlineData("libcoreclr.so!Abort", "Abort")]
    [InlineData("", "")]
    [InlineData("<", "<")]
    [InlineData("<>", "<>")]
    public void The_written_method_is_found(string method, string expected) =>
        FrameName.Identity(method).ShouldBe(expected);

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Any_text_is_named_in_bounded_time()
    {
        var random = FuzzSeed.Random(3);
        const string letters = "<>.+/[]`|$(){}!dbg__Aa1 \n\0é";
        for (int i = 0; i < 20_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(0, 60)).Select(_ =>
                letters[random.Next(letters.Length)])]);
            FrameName.Identity(text).ShouldNotBeNull();
        }
        FrameName.Identity(new string('<', 1_000_000)).Length.ShouldBeLessThan(2000);
    }

    [Theory]
    [InlineData("Bookings.Fees.Compute()", null, true)]
    [InlineData("System.Threading.Tasks.Task.Wait()", null, false)]
    [InlineData("Systematic.Fees.Compute()", null, true)]
    [InlineData("Microsoft.AspNetCore.Http.X.Y()", null, false)]
    [InlineData("java.util.ArrayList.get(ArrayList.java:1)", null, false)]
    [InlineData("org.springframework.web.X.y(X.java:1)", null, false)]
    [InlineData("com.acme.Fees.compute(Fees.java:1)", null, true)]
    [InlineData("sessions.request", "/usr/lib/python3/site-packages/requests/sessions.py", false)]
    [InlineData("bookings.fees.compute", "/app/bookings/fees.py", true)]
    [InlineData("express.next", "/app/node_modules/express/lib/router.js", false)]
    [InlineData("timers.listOnTimeout", "node:internal/timers", false)]
    [InlineData("libcoreclr.so!Abort", null, false)]
    [InlineData("com.acme.Fees$$Lambda$14/0x0000000800c03000.run(Unknown Source)", null, false)]
    public void The_applications_own_frames_are_told_apart(string method, string? file, bool own) =>
        FrameOwner.IsApplication(new CrashFrame { Method = method, File = file }).ShouldBe(own);
}
