using System.Diagnostics;

namespace TocsinSdk.Tracing;

/// <summary>
/// Carries the trace and its baggage between processes in the headers that OTEL_PROPAGATORS names: tracecontext and
/// baggage (W3C, the default), b3 (one header), b3multi, none.
/// </summary>
internal sealed class TracePropagator : DistributedContextPropagator
{
    private const string TraceParent = "traceparent", TraceState = "tracestate", BaggageHeader = "baggage";

    private readonly bool _w3c, _baggage, _b3, _b3Multi;

    private TracePropagator(HashSet<string> formats)
    {
        _w3c = formats.Contains("tracecontext");
        _baggage = formats.Contains("baggage");
        _b3 = formats.Contains("b3");
        _b3Multi = formats.Contains("b3multi");
        Fields = [.. FieldsOf()];
    }

    public override IReadOnlyCollection<string> Fields { get; }

    /// <param name="named">OTEL_PROPAGATORS; null for the default.</param>
    /// <param name="unknown">Names in it that mean nothing here.</param>
    public static TracePropagator From(string? named, out IReadOnlyList<string> unknown)
    {
        HashSet<string> formats = [.. (string.IsNullOrWhiteSpace(named) ? "tracecontext,baggage" : named)
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static n => n.ToLowerInvariant())];
        unknown = [.. formats.Except(["tracecontext", "baggage", "b3", "b3multi", "none"])];
        return new TracePropagator(formats.Contains("none") ? [] : formats);
    }

    /// <summary>
    /// Becomes the process's propagator, unless the application has put one of its own in that place.
    /// </summary>
    public static void Install(string? named)
    {
        if (Current.GetType() != CreateDefaultPropagator().GetType())
            return;
        Current = From(named, out var unknown);
        foreach (var name in unknown)
            Console.Error.WriteLine($"tocsin: OTEL_PROPAGATORS names {name}, which is not known here; "
                + "known are tracecontext, baggage, b3, b3multi, none");
    }

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (activity is not { IdFormat: ActivityIdFormat.W3C } || setter is null)
            return;
        if (_w3c)
        {
            setter(carrier, TraceParent, activity.Id!);
            if (activity.TraceStateString is { Length: > 0 } state)
                setter(carrier, TraceState, state);
        }
        if (_b3)
            setter(carrier, B3.Single, B3.Write(activity));
        if (_b3Multi)
            B3.WriteMany(activity, (name, value) => setter(carrier, name, value));
        if (_baggage && BaggageText.Write(activity.Baggage) is { Length: > 0 } baggage)
            setter(carrier, BaggageHeader, baggage);
    }

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        (traceId, traceState) = (null, null);
        if (getter is null)
            return;
        string? Get(string name)
        {
            getter(carrier, name, out var value, out var values);
            return value ?? values?.FirstOrDefault();
        }
        if (_w3c && Get(TraceParent) is { } parent && ActivityContext.TryParse(parent, null, out _))
            (traceId, traceState) = (parent, Get(TraceState));
        else if (_b3 && Get(B3.Single) is { } single)
            traceId = B3.Read(single);
        if (traceId is null && _b3Multi)
            traceId = B3.ReadMany(Get);
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier, PropagatorGetterCallback? getter)
    {
        if (!_baggage || getter is null)
            return null;
        getter(carrier, BaggageHeader, out var value, out var values);
        return BaggageText.Read(value ?? (values is null ? null : string.Join(',', values)));
    }

    private IEnumerable<string> FieldsOf()
    {
        if (_w3c)
            foreach (var name in (string[])[TraceParent, TraceState])
                yield return name;
        if (_b3)
            yield return B3.Single;
        if (_b3Multi)
            foreach (var name in B3.Many)
                yield return name;
        if (_baggage)
            yield return BaggageHeader;
    }
}
