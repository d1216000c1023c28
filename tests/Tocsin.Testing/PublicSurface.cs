using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tocsin.Testing;

/// <summary>
/// The public surface of an assembly as C# declarations, one line per type or member, sorted: with nullability, defaults
/// and accessors, so that a reviewer reads what a user sees.
/// </summary>
public static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string> s_keywords = new()
    {
        ["Void"] = "void", ["Boolean"] = "bool", ["Byte"] = "byte", ["Int32"] = "int", ["Int64"] = "long", ["Double"] = "double",
        ["String"] = "string", ["Object"] = "object", ["Decimal"] = "decimal", ["Char"] = "char", ["UInt64"] = "ulong", ["UInt32"] = "uint",
    };

    public static string[] Of(Assembly assembly) =>
        [.. assembly.GetExportedTypes().SelectMany(Lines).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Lines(Type type)
    {
        string name = $"{type.Namespace}.{Name(type)}";
        yield return $"{name}: {Kind(type)}{(type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) && b != typeof(MulticastDelegate) ? " : " + Name(b) : "")}";
        foreach (MemberInfo member in type.GetMembers(Declared).Where(IsShown))
            yield return $"{name}: {Text(member)}";
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : type.IsAbstract ? "abstract class" : "class";

    private static bool IsShown(MemberInfo member) => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && member switch
    {
        MethodInfo m => IsSeen(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)),
        ConstructorInfo c => IsSeen(c),
        PropertyInfo p => p.GetAccessors(true).Any(IsSeen),
        EventInfo e => IsSeen(e.AddMethod!),
        FieldInfo f => (f.IsPublic || f.IsFamily) && !f.IsSpecialName,
        _ => false,
    };

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Text(MemberInfo member)
    {
        var nullability = new NullabilityInfoContext();
        return member switch
        {
            ConstructorInfo c => $"ctor({Parameters(c, nullability)})",
            MethodInfo m => $"{Static(m)}{Type(nullability.Create(m.ReturnParameter))} {m.Name}{Generic(m)}({Extension(m)}{Parameters(m, nullability)})",
            PropertyInfo p => $"{Static(p.GetAccessors(true)[0])}{Type(nullability.Create(p))} {p.Name} {{ {Accessors(p)}}}",
            EventInfo e => $"{Static(e.AddMethod!)}event {Type(nullability.Create(e))} {e.Name}",
            FieldInfo f => $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{Type(nullability.Create(f))} {f.Name}{(f.IsLiteral ? " = " + Value(f.GetRawConstantValue()) : "")}",
            _ => member.ToString()!,
        };
    }

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static string Extension(MethodInfo method) => method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Accessors(PropertyInfo property)
    {
        string set = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit") == true ? "init; " : "set; ";
        return (property.GetMethod is { } g && IsSeen(g) ? "get; " : "") + (property.SetMethod is { } s && IsSeen(s) ? set : "");
    }

    private static string Parameters(MethodBase method, NullabilityInfoContext nullability) =>
        string.Join(", ", method.GetParameters().Select(p =>
            (p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : p.IsOut ? "out " : p.ParameterType.IsByRef ? "ref " : "")
            + Type(nullability.Create(p)) + " " + p.Name + (p.HasDefaultValue ? " = " + Value(p.DefaultValue) : "")));

    private static string Value(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Type(NullabilityInfo info)
    {
        string mark = info.ReadState == NullabilityState.Nullable && !info.Type.IsGenericParameter && Nullable.GetUnderlyingType(info.Type) is null ? "?" : "";
        Type type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        if (info.ElementType is { } element)
            return Type(element) + "[]" + mark;
        if (info.GenericTypeArguments.Length == 0 || Nullable.GetUnderlyingType(type) is not null)
            return Name(type) + mark;
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", info.GenericTypeArguments.Select(Type))}>{mark}";
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        string name = type.Namespace == "System" && s_keywords.TryGetValue(type.Name, out string? keyword) ? keyword : type.Name.Split('`')[0];
        string outer = type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "";
        return outer + name + (type.IsGenericType ? $"<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : "");
    }
}
