namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Losses of other libraries with random options.</summary>
internal static class PresetAttempts
{
    private static readonly (string Library, IEnumerable<string> Losses, Func<string, (string, object?)[], SegmentationLoss> Create)[] Libraries =
    [
        ("MONAI", MonaiPresets.All.Keys, (loss, options) => Presets.Monai(loss, options)),
        ("smp", SegmentationModelsPresets.All.Keys, (loss, options) => Presets.SegmentationModels(loss, options)),
        ("nnU-Net", NnUnetPresets.All.Keys, (loss, options) => Presets.NnUnet(loss, options)),
        ("reference", ReferencePresets.All.Keys, (loss, options) => Presets.Reference(loss, options)),
    ];

    private static readonly string[] Options =
    [
        "mode", "ignore_index", "ignore_label", "reduction", "smooth", "eps", "epsilon", "alpha", "beta", "gamma", "temp", "weight", "class_weights", "pos_weight", "classes", "softmax", "sigmoid",
        "include_background", "to_onehot_y", "squared_pred", "jaccard", "smooth_nr", "smooth_dr", "batch", "lambda_dice", "lambda_ce", "lambda_focal", "lambda_gdl", "w_type", "from_logits", "log_loss",
        "normalized", "reduced_threshold", "version", "per_image", "smooth_factor", "do_bg", "batch_dice", "clip_tp", "k", "label_smoothing", "weight_ce", "weight_dice", "use_softmax", "ignore_empty_classes", "nonsense", "",
    ];

    internal static Attempt Make(Draw draw)
    {
        var (library, losses, create) = draw.One(Libraries);
        var loss = draw.OneIn(12) ? "nonsense" : draw.One([.. losses]);
        var options = Enumerable.Range(0, draw.Int(0, 4)).Select(_ => (draw.One(Options), Value(draw))).ToArray();
        var isTame = options.All(option => option.Item2 is not double number || Math.Abs(number) is < 1e6 and > 1e-6);
        var text = string.Join(", ", options.Select(option => FormattableString.Invariant($"{option.Item1} = {(option.Item2 is double[] list ? $"[{string.Join(", ", list)}]" : option.Item2 ?? "null")}")));
        return new($"preset {library} {loss} {{ {text} }}", Expected.Either, () =>
        {
            using var made = Library.Value(() => create(loss, options));
            SettingAttempts.Evaluate(made, isTame);
        });
    }

    private static object? Value(Draw draw) => draw.Int(0, 5) switch
    {
        0 or 1 => draw.OneIn(2),
        2 => draw.HostileNumber(),
        3 => draw.HostileWhole(),
        4 => draw.One<double[]>([[1, 2, 3], [0.5], [1, 1], [0, 0, 0], [-1, 2, 3]]),
        _ => draw.One<object?>([null, "", "mean", "sum", "none", "binary", "multiclass", "multilabel", "square", "0.5.0", "nonsense", new object()]),
    };
}
