using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Tests.Segment;

public sealed class SharedStreamsTests
{
    [Fact]
    public void Equal_bytes_are_one_array()
    {
        var streams = new SharedStreams();
        byte[] first = streams.Of([1, 2, 3]);
        streams.Of([1, 2, 3]).ShouldBeSameAs(first);
        streams.Of([1, 2]).ShouldBe([1, 2]);
        streams.Of([]).ShouldBeEmpty();
    }

    [Fact]
    public void What_comes_too_late_stays_by_itself()
    {
        var streams = new SharedStreams();
        for (int i = 0; i < 10_000; i++)
            streams.Of(BitConverter.GetBytes(i));
        byte[] late = streams.Of([9, 9, 9, 9, 9]);
        streams.Of([9, 9, 9, 9, 9]).ShouldNotBeSameAs(late);
        streams.Of(BitConverter.GetBytes(7)).ShouldBeSameAs(streams.Of(BitConverter.GetBytes(7)));
    }
}
