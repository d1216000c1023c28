using TocsinSdk.Tracking;

namespace TocsinSdk.Tests.Generators;

/// <summary>
/// The snippets are compiled by the real compiler and run; what they measure is read from the real summary.
/// </summary>
public sealed class TrackedGeneratorTests
{
    private static readonly Operations s_operations = new(static () => new TrackingOptions(), TimeProvider.System);
    private readonly string _name = "op" + Guid.NewGuid().ToString("N")[..8];

    public TrackedGeneratorTests() => Operations.OfProcess = s_operations;

    private OperationSummary? Seen(string? name = null) =>
        s_operations.Summaries.Read().SingleOrDefault(s => s.Name == (name ?? _name));

    [Theory]
    [InlineData("static int M(int a, string b = \"x\") => a + b.Length;", "M(1)", 2)]
    [InlineData("static T M<T>(T a) where T : notnull, IComparable<T> => a;", "M(7)", 7)]
    [InlineData("static int M(params int[] a) => a.Length;", "M(1, 2, 3)", 3)]
    [InlineData("static int M(ref int a, out int b, in int c) { b = a + c; return b; }", "M(ref App.X, out _, 5)", 15)]
    [InlineData("static int M(ReadOnlySpan<char> a) => a.Length;", "M(\"abcd\")", 4)]
    [InlineData("static int M(int @class) => @class;", "M(@class: 3)", 3)]
    public async Task A_static_method_is_measured_and_works_as_before(string method, string call, int result)
    {
        (await Snippet.Run($$"""
            public static class App
            {
                public static int X = 10;
                [Tracked("{{_name}}")] internal {{method}}
                public static object? Run() => {{call}};
            }
            """)).ShouldBe(result);
        Seen().ShouldNotBeNull().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("async Task", "await Task.Yield();", "await s.M(1); return 1;")]
    [InlineData("async Task<int>", "await Task.Yield(); return a;", "return await s.M(1);")]
    [InlineData("async ValueTask", "await Task.Yield();", "await s.M(1).ConfigureAwait(false); return 1;")]
    [InlineData("async ValueTask<int>", "await Task.Yield(); return a;", "return await s.M(1);")]
    [InlineData("int", "return a;", "return s.M(1);")]
    [InlineData("void", "", "s.M(1); return 1;")]
    [InlineData("int", "return a;", "return s?.M(1) ?? 0;")]
    [InlineData("async Task<int>", "await Task.Yield(); return a;", "var t = s.M(1); return await t;")]
    public async Task An_instance_method_is_measured_whatever_it_returns(string returns, string body, string run)
    {
        (await Snippet.Run($$"""
            public class Shop { [Tracked("{{_name}}")] public {{returns}} M(int a) { {{body}} } }
            public static class App
            {
                public static async Task<object?> Run() { await Task.Yield(); var s = new Shop(); {{run}} }
            }
            """)).ShouldBe(1);
        Seen().ShouldNotBeNull().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_generic_type_keeps_its_constraints()
    {
        (await Snippet.Run($$"""
            public class Store<K, V> where K : struct where V : class, new()
            {
                [Tracked("{{_name}}")] public (K Key, V Value, T More) Get<T>(K key, T more) where T : IEnumerable<K> => (key, new V(), more);
            }
            public class Thing {}
            public static class App
            {
                public static object? Run() => new Store<int, Thing>().Get(4, new[] { 5 }).Key;
            }
            """)).ShouldBe(4);
        Seen().ShouldNotBeNull();
    }

    [Fact]
    public async Task An_exception_fails_the_operation_and_is_still_thrown()
    {
        (await Snippet.Run($$"""
            public class Shop { [Tracked("{{_name}}")] public async Task M() { await Task.Yield(); throw new InvalidOperationException("x"); } }
            public static class App
            {
                public static async Task<object?> Run()
                {
                    try { await new Shop().M(); return "no"; }
                    catch (InvalidOperationException e) { return e.Message; }
                }
            }
            """)).ShouldBe("x");
        Seen().ShouldNotBeNull().Errors.ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_is_measured_to_its_end()
    {
        (await Snippet.Run($$"""
            public class Shop
            {
                [Tracked("{{_name}}")] public async IAsyncEnumerable<int> M(int n)
                {
                    for (var i = 0; i < n; i++) { await Task.Yield(); yield return i; }
                }
            }
            public static class App
            {
                public static async Task<object?> Run()
                {
                    var sum = 0;
                    await foreach (var i in new Shop().M(4)) sum += i;
                    return sum;
                }
            }
            """)).ShouldBe(6);
        Seen().ShouldNotBeNull().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_struct_and_an_extension_method_are_measured()
    {
        (await Snippet.Run($$"""
            public struct Counter { public int N; [Tracked("{{_name}}")] public int Up() => ++N; }
            public static class Words { [Tracked("{{_name}}x")] public static int Length2(this string s, int b) => s.Length + b; }
            public static class App
            {
                public static object? Run()
                {
                    var c = new Counter();
                    c.Up(); c.Up();
                    return c.N + "abc".Length2(1) + Words.Length2("a", 1);
                }
            }
            """)).ShouldBe(8);
        Seen().ShouldNotBeNull().Count.ShouldBe(2);
        Seen(_name + "x").ShouldNotBeNull().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_marked_interface_method_is_measured_through_the_interface_and_base_calls_do_not_loop()
    {
        (await Snippet.Run($$"""
            public interface IShop { [Tracked("{{_name}}")] int M(); }
            public class Shop : IShop { [Tracked("{{_name}}")] public virtual int M() => 1; }
            public class BigShop : Shop { public override int M() => base.M() + 1; }
            public static class App
            {
                public static object? Run() { IShop s = new BigShop(); Shop t = new BigShop(); return s.M() + t.M(); }
            }
            """)).ShouldBe(4);
        Seen().ShouldNotBeNull().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_name_type_and_method_are_the_name_and_arguments_can_be_noted()
    {
        var (_, generated) = Snippet.Generate("""
            public class Shop { [Tracked(Arguments = true, ThresholdMilliseconds = 1.5)] public int Checkout(int cart, object other, Guid? id) => cart; }
            public static class App { public static object? Run() => new Shop().Checkout(1, new(), null); }
            """);
        generated.ShouldContain("Track(\"Shop.Checkout\", global::System.TimeSpan.FromMilliseconds(1.5))");
        generated.ShouldContain("Set(\"arg.cart\", cart)");
        generated.ShouldContain("Set(\"arg.id\", id)");
        generated.ShouldNotContain("arg.other");
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("class C { [Tracked] private void M() {} }", "TOCSIN001")]
    [InlineData("public class C { int f; [Tracked] public ref int M() => ref f; }", "TOCSIN001")]
    [InlineData("public class C { [Tracked] public Task M(in int a) => Task.CompletedTask; }", "TOCSIN001")]
    [InlineData("public class B { public virtual void M() {} } public class C : B { [Tracked] public override void M() {} }", "TOCSIN002")]
    [InlineData("public interface I { void M(); } public class C : I { [Tracked] public void M() {} }", "TOCSIN002")]
    [InlineData("public class C { [Tracked] public void M() {} public Action A() => M; }", "TOCSIN003")]
    [InlineData("public class C { [Tracked] public void M() {} public string A() => nameof(M); }", null)]
    [InlineData("public class C { [Tracked] public virtual void M() {} }", null)]
    public async Task What_cannot_be_seen_is_told(string source, string? id) =>
        (await Snippet.Warnings(source)).Select(d => d.Id).ShouldBe(id is null ? [] : [id]);

    [Fact]
    public async Task A_project_that_does_not_allow_it_is_told_and_still_compiles()
    {
        const string source = "public static class App { [Tracked] internal static void M() {} public static void Run() => M(); }";
        (await Snippet.Warnings(source, interceptors: false)).ShouldHaveSingleItem().Id.ShouldBe("TOCSIN004");
        Snippet.Generate(source, interceptors: false).Generated.ShouldBeEmpty();
    }
}
