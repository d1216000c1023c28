using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tocsin.Server.Api;

namespace Tocsin.Server.Tests;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Who_is_told_that_it_is_connected_is_subscribed_already()
    {
        bool subscribed = false;
        bool? whenTold = null;
        var context = new DefaultHttpContext();
        context.Response.Body = new Told(() => whenTold ??= subscribed);
        await using var stream = new EventStream(context);
        await foreach (int item in stream.WithHeartbeat(Items()))
            item.ShouldBe(7);
        whenTold.ShouldBe(true);

        async IAsyncEnumerable<int> Items([EnumeratorCancellation] CancellationToken cancel = default)
        {
            subscribed = true;
            await Task.Yield();
            yield return 7;
        }
    }

    private sealed class Told(Action told) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Encoding.UTF8.GetString(buffer.Span).StartsWith(": connected", StringComparison.Ordinal))
                told();
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
