using System.Globalization;
using System.Reflection;
using System.Text;

namespace TensorLogic.Tests.Architecture;

/// <summary>Writes what an assembly shows to others, one member a line, in a stable order.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Write(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal)).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type));
            string[] bases = [.. Bases(type)];
            if (bases.Length > 0) text.Append(" : ").Append(string.Join(", ", bases));
            text.Append('\n');
            foreach (string member in type.GetMembers(Declared).Select(Member).OfType<string>().Distinct().Order(StringComparer.Ordinal)) text.Append("  ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string Kind(Type type) => type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum || type.IsSubclassOf(typeof(Delegate))) yield break;
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType)) yield return Name(parent);
        foreach (string name in type.GetInterfaces().Where(each => each.IsPublic).Select(Name).Order(StringComparer.Ordinal)) yield return name;
    }

    private static string? Member(MemberInfo member)
    {
        // What the compiler makes for records and extensions has names that no code can write.
        if (member.Name.Contains('<', StringComparison.Ordinal) || member.DeclaringType!.IsSubclassOf(typeof(Delegate)) && member.Name != "Invoke") return null;
        return member switch
        {
            ConstructorInfo constructor when IsVisible(constructor) => $"new({Parameters(constructor)})",
            MethodInfo { IsSpecialName: false } method when IsVisible(method) => $"{Static(method)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
            MethodInfo method when IsVisible(method) && method.Name.StartsWith("op_", StringComparison.Ordinal) => $"static {Name(method.ReturnType)} {method.Name}({Parameters(method)})",
            PropertyInfo property when Accessors(property) is { Length: > 0 } accessors => $"{Static(property.GetMethod ?? property.SetMethod!)}{Name(property.PropertyType)} {property.Name}{Index(property)} {{ {accessors} }}",
            FieldInfo field when field.IsPublic || field.IsFamily => field.IsLiteral && field.DeclaringType!.IsEnum
                ? string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}")
                : $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
            EventInfo @event when @event.AddMethod is { } add && IsVisible(add) => $"event {Name(@event.EventHandlerType!)} {@event.Name}",
            _ => null,
        };
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Accessors(PropertyInfo property) => string.Join(" ", new[]
    {
        property.GetMethod is { } get && IsVisible(get) ? "get;" : "",
        property.SetMethod is { } set && IsVisible(set) ? set.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit") ? "init;" : "set;" : "",
    }.Where(accessor => accessor.Length > 0));

    private static string Index(PropertyInfo property) => property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(parameter => Name(parameter.ParameterType)))}]" : "";

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? " = default" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef) return $"ref {Name(type.GetElementType()!)}";
        if (type.IsPointer) return $"{Name(type.GetElementType()!)}*";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (type.IsGenericParameter) return type.Name;
        string name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Namespace is { } space && space.StartsWith("TensorLogic", StringComparison.Ordinal) ? $"{space}.{type.Name}" : type.Name;
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
