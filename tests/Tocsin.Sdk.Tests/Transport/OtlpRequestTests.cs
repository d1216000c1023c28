using Tocsin.Testing;
using TocsinSdk.Logging;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

public sealed class OtlpRequestTests
{
    [Fact]
    public void Every_part_has_its_items_and_together_they_have_all()
    {
        var request = Request(groups: 3, scopes: 2, items: 5, size: 20);
        OtlpRequest.Items(request).ShouldBe(30);
        for (var cut = 0; cut <= 30; cut++)
        {
            OtlpRequest.Items(OtlpRequest.Part(request, 0, cut)).ShouldBe(cut);
            OtlpRequest.Items(OtlpRequest.Part(request, cut, 30)).ShouldBe(30 - cut);
        }
        OtlpRequest.Part(request, 0, 30).Length.ShouldBeLessThan(request.Length + 60);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void No_bytes_whatever_make_it_fail()
    {
        var whole = Request(groups: 3, scopes: 2, items: 5, size: 20);
        var mutation = new Mutation(FuzzSeed.Of(815));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = mutation.Of(whole);
            var items = OtlpRequest.Items(bytes);
            items.ShouldBeInRange(0, bytes.Length);
            OtlpRequest.Items(OtlpRequest.Part(bytes, 0, items / 2)).ShouldBe(items / 2);
            PartialSuccess.Rejected(bytes).ShouldBeGreaterThanOrEqualTo(0);
        }
    }

    public static byte[] Request(int groups, int scopes, int items, int size)
    {
        var to = new Utf8Text(1024);
        for (var g = 0; g < groups; g++)
        {
            var group = to.Begin(1, 3);
            to.Field(1, "resource"u8);
            for (var s = 0; s < scopes; s++)
            {
                var scope = to.Begin(2, 3);
                to.Field(1, "scope"u8);
                for (var i = 0; i < items; i++)
                    to.Field(2, new byte[size]);
                to.Field(3, "schema"u8);
                to.Patch(scope, 3);
            }
            to.Patch(group, 3);
        }
        return to.Written.ToArray();
    }
}
