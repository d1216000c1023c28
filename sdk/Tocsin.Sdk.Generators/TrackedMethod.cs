using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TocsinSdk.Generators;

/// <summary>What stands in the attribute, and what the compiler allows for the method it stands on.</summary>
internal sealed class TrackedMethod
{
    public const string Attribute = "TocsinSdk.TrackedAttribute";

    private static readonly SymbolDisplayFormat s_type = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private TrackedMethod(IMethodSymbol method, AttributeData attribute)
    {
        Method = method;
        Operation = attribute.ConstructorArguments.FirstOrDefault().Value as string is { Length: > 0 } name
            ? name : method.ContainingType.Name + "." + method.Name;
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "ThresholdMilliseconds", Value.Value: double threshold })
                Threshold = threshold;
            else if (argument is { Key: "Arguments", Value.Value: bool wanted })
                Arguments = wanted;
        }
    }

    public IMethodSymbol Method { get; }
    public string Operation { get; }
    public double Threshold { get; }
    public bool Arguments { get; }

    /// <summary>Null when the method is not marked.</summary>
    public static TrackedMethod? Of(IMethodSymbol method)
    {
        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        foreach (var attribute in definition.GetAttributes())
            if (attribute.AttributeClass?.ToDisplayString() == Attribute)
                return new TrackedMethod(definition, attribute);
        return null;
    }

    /// <summary>Why no call of the method can be replaced; null when they can.</summary>
    public string? Obstacle()
    {
        if (Method.MethodKind != MethodKind.Ordinary)
            return "it is not an ordinary method";
        if (Method.IsStatic && (Method.IsAbstract || Method.IsVirtual))
            return "it is a static member of an interface";
        if (Method.ReturnsByRef || Method.ReturnsByRefReadonly)
            return "it returns by reference";
        for (ISymbol symbol = Method; symbol is IMethodSymbol or INamedTypeSymbol; symbol = symbol.ContainingSymbol)
            if (symbol.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected
                or Accessibility.ProtectedAndInternal)
                return $"'{symbol.Name}' is {SyntaxFacts.GetText(symbol.DeclaredAccessibility)}, and "
                    + "generated code cannot call it; make it internal";
        if (Method.ContainingType is { IsFileLocal: true })
            return "its type is file-local";
        if (IsAwaited(out _, out _) && Method.Parameters.Any(static p =>
                p.RefKind != RefKind.None || p.Type.IsRefLikeType || p.Type is IPointerTypeSymbol))
            return "an asynchronous method with parameters by reference cannot be wrapped";
        return null;
    }

    /// <summary>The replacing method; {0} stands for its name.</summary>
    public string Interceptor()
    {
        var type = Method.ContainingType;
        var generics = TypeParameters(type).Concat(Method.TypeParameters).ToArray();
        var names = generics.Length == 0 ? "" : "<" + string.Join(", ", generics.Select(static g => g.Name)) + ">";
        var receiver = Method.IsStatic ? null
            : $"this {(type.IsValueType ? "ref " : "")}{Type(type)} tocsin_self";
        var parameters = string.Join(", ", new[] { receiver }.Where(static r => r is not null)
            .Concat(Method.Parameters.Select(Parameter)));
        var target = Method.IsStatic ? Type(type) : "tocsin_self";
        var methodNames = Method.TypeParameters.Length == 0
            ? "" : "<" + string.Join(", ", Method.TypeParameters.Select(static g => g.Name)) + ">";
        var arguments = string.Join(", ", Method.Parameters.Select(Argument));
        var call = $"{target}.{Escaped(Method.Name)}{methodNames}({arguments})";
        var constraints = string.Concat(generics.Select(Constraint));
        var track = $"global::TocsinSdk.Tocsin.Track({Literal(Operation)}{ThresholdText()})";
        return Body(names, parameters, constraints, call, track);
    }

    private string Body(string names, string parameters, string constraints, string call, string track)
    {
        var returns = Method.ReturnsVoid ? "void" : Type(Method.ReturnType);
        if (IsStream())
            return Lines(
                $"internal static {returns} {{0}}{names}({parameters}){constraints}",
                $"    => global::TocsinSdk.Tocsin.TrackStream({Literal(Operation)}, {call}{ThresholdText()});");
        var awaited = IsAwaited(out var hasResult, out _);
        var run = awaited ? $"await {call}.ConfigureAwait(false)" : call;
        var statement = (awaited ? hasResult : !Method.ReturnsVoid) ? $"return {run};" : $"{run};";
        return Lines([
            $"internal static {(awaited ? "async " : "")}{returns} {{0}}{names}({parameters}){constraints}",
            "{",
            $"    using var tocsin_operation = {track};",
            .. ArgumentLines(),
            "    try",
            "    {",
            $"        {statement}",
            "    }",
            "    catch (global::System.Exception tocsin_exception)",
            "    {",
            "        tocsin_operation.Fail(tocsin_exception);",
            "        throw;",
            "    }",
            "}"]);
    }

    private IEnumerable<string> ArgumentLines()
    {
        if (!Arguments)
            yield break;
        foreach (var parameter in Method.Parameters)
            if (parameter.RefKind is RefKind.None or RefKind.In && IsSimple(parameter.Type))
                yield return "    tocsin_operation.Set("
                    + $"{Literal("arg." + parameter.Name)}, {Escaped(parameter.Name)});";
    }

    // Values whose text is short and runs no code of the application.
    private static bool IsSimple(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable =>
            IsSimple(nullable.TypeArguments[0]),
        { TypeKind: TypeKind.Enum } => true,
        { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_String } => true,
        { SpecialType: SpecialType.System_DateTime } => true,
        _ => type.ToDisplayString() is "System.Guid" or "System.DateTimeOffset" or "System.TimeSpan"
            or "System.DateOnly" or "System.TimeOnly",
    };

    private string ThresholdText() => Threshold > 0
        ? string.Format(CultureInfo.InvariantCulture,
            ", global::System.TimeSpan.FromMilliseconds({0:R})", Threshold) : "";

    private bool IsStream() => Method.ReturnType.OriginalDefinition.ToDisplayString()
        == "System.Collections.Generic.IAsyncEnumerable<T>";

    private bool IsAwaited(out bool hasResult, out string name)
    {
        name = Method.ReturnType.OriginalDefinition.ToDisplayString();
        hasResult = name is "System.Threading.Tasks.Task<TResult>" or "System.Threading.Tasks.ValueTask<TResult>";
        return hasResult || name is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask";
    }

    private static IEnumerable<ITypeParameterSymbol> TypeParameters(INamedTypeSymbol? type) =>
        type is null ? [] : TypeParameters(type.ContainingType).Concat(type.TypeParameters);

    private string Parameter(IParameterSymbol parameter) =>
        (Method.IsExtensionMethod && parameter.Ordinal == 0 ? "this " : "")
        + (parameter.IsParams ? "params " : "")
        + (parameter.ScopedKind == ScopedKind.ScopedValue ? "scoped " : "")
        + $"{Ref(parameter.RefKind, declared: true)}{Type(parameter.Type)} {Escaped(parameter.Name)}";

    private static string Argument(IParameterSymbol parameter) =>
        Ref(parameter.RefKind, declared: false) + Escaped(parameter.Name);

    private static string Ref(RefKind kind, bool declared) => kind switch
    {
        RefKind.Ref => "ref ",
        RefKind.Out => "out ",
        RefKind.In => "in ",
        RefKind.RefReadOnlyParameter => declared ? "ref readonly " : "in ",
        _ => "",
    };

    private static string Constraint(ITypeParameterSymbol parameter)
    {
        var kinds = new List<string>();
        if (parameter.HasUnmanagedTypeConstraint)
            kinds.Add("unmanaged");
        else if (parameter.HasValueTypeConstraint)
            kinds.Add("struct");
        else if (parameter.HasReferenceTypeConstraint)
            kinds.Add("class");
        else if (parameter.HasNotNullConstraint)
            kinds.Add("notnull");
        kinds.AddRange(parameter.ConstraintTypes.Select(Type));
        if (parameter.HasConstructorConstraint && !parameter.HasValueTypeConstraint)
            kinds.Add("new()");
        if (parameter.AllowsRefLikeType)
            kinds.Add("allows ref struct");
        return kinds.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", kinds)}";
    }

    private static string Type(ITypeSymbol type) => type.ToDisplayString(s_type);

    private static string Escaped(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Lines(params string[] lines) =>
        string.Concat(lines.Select(static l => "        " + l + "\n"));
}
