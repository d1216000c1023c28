using System.Net;

namespace Tocsin.Channels;

/// <summary>What all channels share; outlives them.</summary>
public sealed class ChannelContext : IDisposable
{
    /// <param name="allowed">Networks that HTTP channels may reach although they are private or loopback.</param>
    /// <param name="rules">Limits for channels that do not set their own.</param>
    public ChannelContext(TimeProvider clock, IReadOnlyList<IPNetwork> allowed, ChannelRules rules)
    {
        Clock = clock;
        Rules = rules;
        Http = new HttpSender(new SsrfGuard(allowed), clock);
    }

    public TimeProvider Clock { get; }

    public ChannelRules Rules { get; }

    internal HttpSender Http { get; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout
    {
        get => Http.Timeout;
        init => Http.Timeout = value;
    }

    public void Dispose() => Http.Dispose();
}
