using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging;

namespace Tocsin.Bench.Sdk.Logging;

/// <summary>What one log call costs the thread that makes it, in steady state.</summary>
[MemoryDiagnoser]
public partial class CallSites
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tocsin-bench-").FullName;
    private Contender _contender = null!;
    private ILogger _log = null!;

    [ParamsSource(nameof(Names))]
    public string Library { get; set; } = "";

    public static IEnumerable<string> Names => ["bare framework", .. Contender.Names];

    [GlobalSetup]
    public void Open()
    {
        _contender = Contender.New(Library, _folder);
        _log = _contender.Log;
    }

    [GlobalCleanup]
    public void Close()
    {
        _contender.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public void Off() => Details(_log, 42, "Ann");

    [Benchmark]
    public void Props3() => Shipped(_log, 42, "Ann Example", 12.5);

    [Benchmark]
    public void Props5() => Placed(_log, 42, "Ann Example", 12.5, "Berlin", 3);

    [Benchmark]
    public void Scopes2()
    {
        using (_log.BeginScope(s_first))
        using (_log.BeginScope(s_second))
            Shipped(_log, 42, "Ann Example", 12.5);
    }

    /// <summary>The throw, the same for all, is part of it.</summary>
    [Benchmark]
    public void Exception()
    {
        try
        {
            Throw();
        }
        catch (InvalidOperationException e)
        {
            Failed(_log, e, 42);
        }
    }

    private static readonly KeyValuePair<string, object?>[] s_first = [new("Tenant", "t-1")], s_second = [new("Batch", 7)];

    private static void Throw() => throw new InvalidOperationException("the order is gone");

    [LoggerMessage(Level = LogLevel.Debug, Message = "Details of {OrderId} for {Customer}")]
    private static partial void Details(ILogger log, int orderId, string customer);

    [LoggerMessage(Level = LogLevel.Information, Message = "Order {OrderId} of {Customer} shipped for {Amount}")]
    internal static partial void Shipped(ILogger log, int orderId, string customer, double amount);

    [LoggerMessage(Level = LogLevel.Information, Message = "Order {OrderId} of {Customer} for {Amount} to {City}, {Items} items")]
    private static partial void Placed(ILogger log, int orderId, string customer, double amount, string city, int items);

    [LoggerMessage(Level = LogLevel.Error, Message = "Order {OrderId} failed")]
    private static partial void Failed(ILogger log, Exception exception, int orderId);
}
