using System.Collections;
using System.Linq.Expressions;
using System.Reflection;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>An argument: what a report calls it, and how it is made inside the case.</summary>
internal sealed record Argument(string Text, Func<object?> Make);

/// <summary>Arguments of any type that a public member takes: usual ones, and the worst of each kind.</summary>
internal static class EntryArguments
{
    private static readonly string[] Texts = ["", " ", "a", "nonsense", "\0", "distance", "1e999", "null", "{}", "[]", "{ \"name\": \"CE\" }", "CE", "../x", "=1+1,\"\n"];

    /// <summary>Some are numbers of classes, bins or images that are allowed to be large: more would fill the memory, which is no fault of the library.</summary>
    private const int MostOfAnInt = 1 << 20;

    private static readonly TensorForm[] Forms = [TensorForm.Plain, TensorForm.Plain, .. TensorForm.SameNumbers, .. TensorForm.SharedMemory, .. TensorForm.Unusable];

    /// <summary>What a path is given of; it stays until <see cref="FuzzBatch"/> ends.</summary>
    internal static string SomeFile { get; } = Path.Combine(Path.GetTempPath(), $"seglossbias-fuzz-{Environment.ProcessId}.json");

    internal static Argument Of(Draw draw, ParameterInfo parameter) => parameter.ParameterType == typeof(string) && parameter.Name == "path" ? APath(draw) : Of(draw, parameter.ParameterType);

    private static Argument Of(Draw draw, Type type)
    {
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        return !type.IsValueType && draw.OneIn(8) ? new("null", () => null)
            : kind == typeof(Tensor) ? ATensor(draw)
            : typeof(Tensor).IsAssignableFrom(kind) ? new("parameter", EntryInstances.Given.Parameter)
            : kind == typeof(SegmentationTarget) ? ATarget(draw)
            : kind == typeof(string) ? Constant(draw.One(Texts))
            : kind == typeof(double) ? Constant(draw.HostileNumber())
            : kind == typeof(int) ? Constant((int)Math.Clamp(draw.HostileWhole(), int.MinValue, MostOfAnInt))
            : kind == typeof(long) ? Constant(draw.HostileWhole())
            : kind == typeof(bool) ? Constant(draw.OneIn(2))
            : kind.IsEnum ? Constant(Enum.ToObject(kind, draw.Int(-1, 5)))
            : kind == typeof(object) ? Constant(draw.One<object>(["", 1, double.NaN, 'c']))
            : kind == typeof(double[,]) ? Constant(draw.One([new double[0, 0], new double[,] { { 0, 1 }, { 1, 0 } }, new double[,] { { 0, double.NaN, 1 } }, new double[,] { { 0, -1 }, { double.PositiveInfinity, 0 } }]))
            : typeof(Delegate).IsAssignableFrom(kind) ? Throwing(kind)
            : ElementType(kind) is { } element ? AList(draw, kind, element)
            : kind.IsGenericType && kind.Name.Contains("Dictionary", StringComparison.Ordinal) ? ADictionary(draw, kind)
            : kind.FullName!.StartsWith("System.ValueTuple", StringComparison.Ordinal) ? ATuple(draw, kind)
            : kind.IsAbstract || !EntryInstances.CanMake(kind) ? AnyOf(draw, kind)
            : new(kind.Name, () => EntryInstances.Make(kind));
    }

    private static Argument Constant(object value) => new(value switch
    {
        string text => $"'{Refusal.OnOneLine(text)}'",
        _ => FormattableString.Invariant($"{value}"),
    }, () => value);

    private static Argument APath(Draw draw) => draw.Int(0, 5) switch
    {
        0 => Constant(""),
        1 => Constant("\0"),
        2 => Constant("/nonexistent/folder/file.json"),
        3 => Constant(Path.GetTempPath()),
        _ => new("a file", () =>
        {
            File.WriteAllText(SomeFile, "{}");
            return SomeFile;
        }),
    };

    private static Argument ATensor(Draw draw)
    {
        var (form, ofLabels) = (draw.One(Forms), draw.OneIn(2));
        return new($"{(ofLabels ? "labels" : "logits")} {form}", () => form.Apply(ofLabels ? EntryInstances.Given.Labels() : EntryInstances.Given.Logits()));
    }

    private static Argument ATarget(Draw draw)
    {
        var form = draw.One(Forms);
        return new($"target {form}", () =>
        {
            var labels = form.Apply(EntryInstances.Given.Labels());
            return Library.Value(() => new SegmentationTarget(labels!));
        });
    }

    /// <summary>User's code that fails.</summary>
    private static Argument Throwing(Type type)
    {
        if (type == typeof(Action<Span<double>>))
        {
            return new("throwing", () => (Action<Span<double>>)(_ => throw new UserException()));
        }

        var invoke = type.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType)).ToArray();
        return new("throwing", () => Expression.Lambda(type, Expression.Throw(Expression.New(typeof(UserException)), invoke.ReturnType), parameters).Compile());
    }

    /// <summary>Of what the list is; null for other types.</summary>
    private static Type? ElementType(Type type) => type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() is var list && (list == typeof(IReadOnlyList<>) || list == typeof(IEnumerable<>) || list == typeof(IReadOnlyCollection<>)) ? type.GetGenericArguments()[0]
        : null;

    private static Argument AList(Draw draw, Type type, Type element)
    {
        Argument[] items = [.. Enumerable.Range(0, draw.Int(0, 3)).Select(_ => Of(draw, element))];
        return new($"[{string.Join(", ", items.Select(item => item.Text))}]", () =>
        {
            var list = Array.CreateInstance(element, items.Length);
            for (var i = 0; i < items.Length; i++)
            {
                list.SetValue(items[i].Make(), i);
            }

            return type.IsInstanceOfType(list) ? list : throw new InvalidOperationException($"no {type}");
        });
    }

    private static Argument ADictionary(Draw draw, Type type)
    {
        var element = type.GetGenericArguments()[1];
        var (key, value) = (draw.One(Texts), Of(draw, element));
        var isEmpty = draw.OneIn(4);
        return new(isEmpty ? "{}" : $"{{ '{Refusal.OnOneLine(key)}': {value.Text} }}", () =>
        {
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), element))!;
            if (!isEmpty)
            {
                dictionary.Add(key, value.Make());
            }

            return dictionary;
        });
    }

    private static Argument ATuple(Draw draw, Type type)
    {
        Argument[] items = [.. type.GetGenericArguments().Select(item => Of(draw, item))];
        return new($"({string.Join(", ", items.Select(item => item.Text))})", () => Activator.CreateInstance(type, [.. items.Select(item => item.Make())]));
    }

    /// <summary>A class of the library below an abstract one. What only a formula's evaluation has, formulas themselves among it, is null or a number.</summary>
    private static Argument AnyOf(Draw draw, Type type)
    {
        Type[] types = [.. Entries.Types.Where(candidate => candidate.IsSubclassOf(type) && EntryInstances.CanMake(candidate))];
        return type == typeof(Formula) ? new("0.5", () => (Formula)0.5)
            : types.Length == 0 ? new("null", () => null)
            : draw.One(types) is var chosen ? new(chosen.Name, () => EntryInstances.Make(chosen)) : null!;
    }
}
