using System.Reflection;
using System.Text.Json;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Settings of terms and losses at the limits of their types: refused with a reason, or one value in both implementations.</summary>
internal static class SettingAttempts
{
    private static readonly Type[] Terms =
    [
        .. typeof(LossTerm).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(LossTerm)) && !type.IsAbstract && type.GetConstructor([]) is not null),
    ];

    private static readonly string[] Texts = ["", " ", "nonsense", "1", "-1", "NaN", "1e999", "true", "null", "Batch", "image", "WithoutBackground", "all"];

    private static readonly string[] Json = ["null", "true", "-1", "0", "1e999", "0.5", "3", "\"\"", "\"Batch\"", "\"nonsense\"", "[]", "[1, 2]", "[1, null]", "[[0, 1], [1, 0]]", "[1, 2, 3]", "{}", "{ \"from\": 0 }", "{ \"from\": 0, \"to\": 1, \"epochs\": 0 }", "{ \"initial\": 1, \"factor\": 2, \"every\": 1 }", "1.5", "9999999999999999999999"];

    internal static Attempt Make(Draw draw) => draw.Int(0, 4) switch
    {
        4 => OfAWeightTensor(draw),
        0 => ByName(draw),
        1 => ByJson(draw),
        _ => ByProperty(draw),
    };

    private static Attempt ByProperty(Draw draw)
    {
        var type = draw.One(Terms);
        PropertyInfo[] settings = [.. type.GetProperties().Where(property => property.CanWrite)];
        var chosen = Enumerable.Range(0, draw.Int(1, 2)).Select(_ => draw.One(settings)).DistinctBy(setting => setting.Name).ToDictionary(setting => setting, setting => Hostile(draw, setting.PropertyType));
        var mode = draw.One(Enum.GetValues<SegmentationMode>());
        return new($"settings {type.Name} {{ {string.Join(", ", chosen.Select(setting => $"{setting.Key.Name} = {Text(setting.Value)}"))} }} {mode}", Expected.Either, () =>
        {
            var term = Library.Value(() => (LossTerm)Activator.CreateInstance(type)!);
            foreach (var (setting, value) in chosen)
            {
                Library.Call(() => setting.GetSetMethod()!.Invoke(term, BindingFlags.DoNotWrapExceptions, null, [value], null));
            }

            using var loss = new SegmentationLoss(term) { Mode = mode, IgnoreIndex = Scene.Ignore };
            Evaluate(loss, chosen.Values.All(value => value is not double number || number == 0 || Math.Abs(number) is > 1e-6 and < 1e6));
        });
    }

    private static Attempt OfAWeightTensor(Draw draw)
    {
        var form = draw.One(TensorForm.Unusable);
        return new($"class weights of a tensor {form}", Expected.Either, () =>
        {
            var weights = form.Apply(tensor((double[])[1, 2, 3]));
            using var loss = new SegmentationLoss(Library.Value(() => new CrossEntropy { Weight = weights }));
            Evaluate(loss, isTame: true);
        });
    }

    private static Attempt ByName(Draw draw)
    {
        var name = draw.OneIn(10) ? draw.One(Texts) : draw.One(LossFactory.AllNames);
        var setting = draw.One(["mode", "ignoreIndex", "ignoreIndices", "reduction", "lambda", "weight", "temperature", "epsilon", "penalty.epsilon", "matching.gamma", "classes", "pooling", "smoothing", "gamma", "alpha", "distances", "nonsense", "", "terms", "name"]);
        object? value = draw.Int(0, 4) switch { 0 => draw.HostileNumber(), 1 => draw.HostileWhole(), 2 => draw.One(Texts), 3 => draw.One<object?>([null, true, new object(), Texts, 'c', DateTime.UnixEpoch]), _ => draw.HostileNumber().ToString("R", System.Globalization.CultureInfo.InvariantCulture) };
        return new($"by name '{name}' {{ {setting} = {Text(value)} }}", Expected.Either, () =>
        {
            using var loss = Library.Value(() => LossFactory.Create(name, new Dictionary<string, object?> { [setting] = value }));
            Evaluate(loss, isTame: false);
        });
    }

    private static Attempt ByJson(Draw draw)
    {
        var setting = draw.One(["mode", "lambda", "weight", "classes", "pooling", "epsilon", "gamma", "ignoreIndex", "ignoreIndices", "distances", "name", "NAME"]);
        var json = $"{{ \"name\": \"{draw.One(LossFactory.AllNames)}\", \"{setting}\": {draw.One(Json)} }}";
        json = draw.OneIn(3) ? json.Remove(draw.Int(0, json.Length - 1), 1) : json;
        return new($"by JSON {json}", Expected.Either, () =>
        {
            using var loss = Library.Value(() => LossFactory.FromJson(json));
            Evaluate(loss, isTame: false);
        });
    }

    /// <summary>Both implementations give the same finite numbers, and no NaN from settings of a usual size.</summary>
    internal static void Evaluate(SegmentationLoss loss, bool isTame)
    {
        var scene = Scenes.Usual(loss.Mode, ignored: 0.2);
        scene = loss.IgnoreIndex == Scene.Ignore ? scene : scene with { Labels = [.. scene.Labels.Select(label => label == Scene.Ignore ? 0 : label)], Ignored = null };
        if (loss.Terms.Any(term => term.Term is Boundary))
        {
            scene = scene with { Maps = new Dictionary<string, double[]> { ["distance"] = scene.Logits } };
        }

        if (loss.Terms.Any(term => term.Term is BlobDice))
        {
            scene = scene with { Instances = [.. scene.Labels.Select(label => label == Scene.Ignore ? 0 : label)] };
        }

        var (values, gradient) = Run(loss, scene, RegionImplementation.Fused);
        var (same, sameGradient) = Run(loss, scene, RegionImplementation.Composed);
        Library.Ensure(!isTame || !values.Any(double.IsNaN), "expected a number from settings of a usual size, came NaN");
        Library.Ensure(!isTame || values.Any(value => !double.IsFinite(value)) || gradient.All(double.IsFinite), "expected a finite gradient where the value is finite, came one that is not");
        Library.EnsureClose(values, [.. same.Zip(values, (s, v) => double.IsFinite(s) && double.IsFinite(v) ? s : v)], 1e-8, "the values of both implementations");
        if (values.Concat(gradient).Concat(sameGradient).All(number => Math.Abs(number) < 1e12))
        {
            Library.EnsureClose(gradient, sameGradient, 1e-7, "the gradients of both implementations");
        }
    }

    private static (double[] Values, double[] Gradient) Run(SegmentationLoss loss, Scene scene, RegionImplementation implementation)
    {
        using var forced = RegionPrimitive.Force(implementation);
        var (leaf, target) = (scene.LogitsTensor().requires_grad_(true), scene.Target());
        using var value = Library.Call(() => loss.call(leaf, target));
        if (!value.requires_grad)
        {
            return (Evaluation.Numbers(value), new double[scene.Logits.Length]); // A formula without the logits.
        }

        Library.Call(() =>
        {
            using var sum = value.sum();
            sum.backward();
        });
        return (Evaluation.Numbers(value), Evaluation.Numbers(leaf.grad!));
    }

    private static object? Hostile(Draw draw, Type type)
    {
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        return kind != type && draw.OneIn(6) ? null
            : kind == typeof(double) ? draw.HostileNumber()
            : kind == typeof(int) ? (int)Math.Clamp(draw.HostileWhole(), int.MinValue, 1 << 20)
            : kind == typeof(long) ? draw.HostileWhole()
            : kind == typeof(bool) ? draw.OneIn(2)
            : kind.IsEnum ? Enum.ToObject(kind, draw.Int(-1, 5))
            : draw.OneIn(6) ? null
            : kind == typeof(Schedule) ? (draw.Int(0, 3) switch { 0 => Schedule.FromFunction(_ => double.NaN), 1 => Schedule.FromFunction(_ => throw new UserException()), 2 => Schedule.FromFunction(_ => -1), _ => Schedule.Constant(draw.One([0.0, 1e-300, 50])) })
            : kind == typeof(ClassWeights) ? ClassWeights.Of(draw.One<double[]>([[0], [1, 2], [0, 0, 0], [1, 1, 1], [1e300, 1, 1e-300], [1, 2, 3, 4]]))
            : kind == typeof(ClassSelection) ? draw.One([ClassSelection.All, ClassSelection.WithoutBackground, ClassSelection.Of(0), ClassSelection.Of(2), ClassSelection.Of(7), ClassSelection.Of(long.MaxValue)])
            : kind == typeof(ClassDistances) ? ClassDistances.Of(draw.One([new double[,] { { 0, 1 }, { 1, 0 } }, new double[,] { { 0, 1e300, 1 }, { 1, 0, 1e-300 }, { 1, 1, 0 } }]))
            : kind == typeof(IReadOnlyList<double>) ? draw.One<double[]>([[], [0.5], [0, 1], [double.NaN, 0, 0], [0.2, 0.3, 0.5], [1, 1, 1], [0, 0, 0]])
            : kind == typeof(string) ? draw.One(["", " ", "distance", "nonsense", "\0"])
            : null;
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        System.Collections.IEnumerable items and not string => $"[{string.Join(", ", items.Cast<object?>())}]",
        _ => FormattableString.Invariant($"{value}"),
    };
}
