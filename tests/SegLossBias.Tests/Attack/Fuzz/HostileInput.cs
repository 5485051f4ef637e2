using SegLossBias.Tests.Targets;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>A random scene and the way in which its tensors are handed over, with at most one fault.</summary>
internal sealed record HostileInput(Scene Scene, ScalarType Dtype, TensorForm Logits, TensorForm Labels, ScalarType LabelDtype, string LabelShape, Fault Fault)
{
    private static readonly ScalarType[] Floats = [ScalarType.Float64, ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16];
    private static readonly double[] Spreads = [3, 3, 3, 3, 0, 30, 1000, 1e4];

    /// <summary>The plain loops have all their digits: no probability is near 0 or 1, and not all are equal.</summary>
    internal bool IsModerate { get; private init; }

    /// <summary>What is wanted of a call with it.</summary>
    internal Expected Expected => Fault.Expected;

    /// <param name="draw">The choices.</param>
    /// <param name="mode">Of the scene.</param>
    /// <param name="row">The loss that reads it; null where labels are all that is read.</param>
    /// <param name="checksLabels">Whether a wrong label is an error.</param>
    internal static HostileInput Of(Draw draw, SegmentationMode mode, LossCase? row = null, bool checksLabels = true)
    {
        var (spread, isFaulty) = (draw.One(Spreads), draw.OneIn(3));
        var scene = draw.Of(Scenes.Any(mode, withIgnored: draw.OneIn(2), spread));
        string[] kinds = row is null ? ["hard"] : [.. RichScenes.For(row, mode), .. Enumerable.Repeat("hard", row.Reads == Reads.Instances ? 0 : 6)];
        var kind = draw.One(kinds);
        scene = row is null ? scene : RichScenes.Make(scene, kind, draw.Int(0, int.MaxValue));
        scene = row?.Reads == Reads.Instances ? scene : scene with { Instances = null };
        scene = row?.Reads == Reads.Map ? scene : scene with { Maps = new Dictionary<string, double[]>() };
        var dtype = draw.One(Floats);
        var fault = isFaulty ? Fault.Draw(draw, scene, checksLabels, row?.Reads ?? Reads.Labels) : Fault.None;
        var isFree = fault == Fault.None && kind == "hard" && row?.Reads is null or Reads.Labels;
        TensorForm[] forms = isFree ? [.. TensorForm.SameNumbers, .. TensorForm.SharedMemory] : TensorForm.SameNumbers;
        var logits = fault != Fault.None ? TensorForm.Plain
            : dtype is ScalarType.Float64 or ScalarType.Float32 && draw.OneIn(10) ? TensorForm.LazySign
            : draw.One<TensorForm>([.. TensorForm.SameNumbers, .. kind.Contains("weights", StringComparison.Ordinal) ? [] : TensorForm.SharedMemory]);
        var (labelDtype, labelShape) = kind == "hard" && fault == Fault.None ? HardLabels(draw, scene, isFree) : (scene.Soft is null ? ScalarType.Int64 : ScalarType.Float64, "");
        return new(scene, dtype, logits, fault == Fault.None ? draw.One(forms) : TensorForm.Plain, labelDtype, labelShape, fault) { IsModerate = spread == 3 };
    }

    /// <summary>The tensors, in the current scope.</summary>
    internal Inputs Make()
    {
        var labels = Scene.Soft is { } soft ? tensor(soft, Scene.Shape) : Scene.TargetTensor(LabelDtype);
        var weights = Scene.Weights is { } w ? tensor(w, w.Length == Scene.Logits.Length && Scene.Mode == SegmentationMode.Multilabel ? Scene.Shape : [Scene.Shape[0], .. Scene.Shape[2..]]) : null;
        var inputs = new Inputs
        {
            Scene = Scene,
            Logits = Logits.Apply(Scene.LogitsTensor(Dtype))!,
            Labels = Labels.Apply(labels)!,
            Weights = weights,
            Map = Scene.Maps.TryGetValue("distance", out var map) ? tensor(map, Scene.Shape) : null,
            Instances = Scene.Instances is { } ids ? tensor(ids, Scene.LabelShape).to(ScalarType.Int32) : null,
        };
        if (Expected == Expected.Value && Fault == Fault.None)
        {
            inputs.ReadBack();
        }

        Fault.Break(inputs);
        if (Expected == Expected.Value)
        {
            inputs.ReadBack();
            inputs.Labels = LabelShape switch
            {
                "channel axis" => inputs.Labels!.unsqueeze(1),
                "one-hot" => nn.functional.one_hot(inputs.Labels!.to(ScalarType.Int64), Scene.Classes).movedim([-1L], [1L]).to(LabelDtype == ScalarType.Bool ? ScalarType.Bool : ScalarType.Byte),
                _ => inputs.Labels,
            };
        }

        return inputs;
    }

    public override string ToString() => FormattableString.Invariant(
        $"{Scene.Mode} [{string.Join(", ", Scene.Shape)}] {Dtype} {Logits}, labels {(Scene.Soft is null ? LabelDtype : "soft")} {LabelShape} {Labels}{(Scene.Weights is null ? "" : ", weights")}, {Fault.Name}");

    private static (ScalarType Dtype, string Shape) HardLabels(Draw draw, Scene scene, bool isFree)
    {
        var most = scene.Labels.Max();
        List<ScalarType> dtypes = [ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Byte];
        dtypes.AddRange(most <= 127 ? [ScalarType.Int8] : []);
        dtypes.AddRange(most <= 1 ? [ScalarType.Bool] : []);
        dtypes.AddRange(isFree && scene.Mode != SegmentationMode.Multiclass ? [ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16] : []);
        List<string> shapes = [""];
        shapes.AddRange(scene.Mode == SegmentationMode.Multilabel ? [] : ["channel axis"]);
        shapes.AddRange(scene.Mode == SegmentationMode.Multiclass && most < scene.Classes ? ["one-hot"] : []);
        return (draw.One(dtypes), draw.One(shapes));
    }
}
