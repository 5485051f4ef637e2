namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>An object of every public type in a usual state, on which members are called.</summary>
internal static class EntryInstances
{
    private static readonly Dictionary<Type, Func<object>> Makers = new()
    {
        [typeof(AccumulatedLoss)] = () =>
        {
            var whole = new AccumulatedLoss(new DiceCeLoss(), 2);
            whole.Add(Given.Logits(), Given.Target(), [0, 1]);
            return whole;
        },
        [typeof(BalancedLambda)] = () => new BalancedLambda(),
        [typeof(BalancedLambdaState)] = () => new BalancedLambda().State,
        [typeof(BoundaryMetrics)] = () => Filled(new BoundaryMetrics(3), (m, z, t) => m.AddLogits(z, t)),
        [typeof(CalibrationMetrics)] = () => Calibration(),
        [typeof(CalibrationBin)] = () => Calibration().Reliability[^1],
        [typeof(CenterlineMetrics)] = () => Filled(new CenterlineMetrics(3), (m, z, t) => m.AddLogits(z, t)),
        [typeof(CenterlineCounts)] = () => Filled(new CenterlineMetrics(3), (m, z, t) => m.AddLogits(z, t)).Image(0, 1),
        [typeof(ClassDistances)] = () => ClassDistances.Of(new double[,] { { 0, 1 }, { 1, 0 } }),
        [typeof(ClassSelection)] = () => ClassSelection.WithoutBackground,
        [typeof(ClassWeights)] = () => ClassWeights.Of(1, 2, 3),
        [typeof(ConfusionMatrix)] = () => Confusion().Pooled,
        [typeof(ConfusionMetrics)] = Confusion,
        [typeof(DeepSupervision)] = () => new DeepSupervision(new DiceCeLoss()),
        [typeof(EmptyPolicies)] = () => EmptyPolicies.Monai,
        [typeof(EmptyPolicy)] = () => EmptyPolicy.Worst,
        [typeof(LesionCounts)] = () => Lesions().Image(0, 1),
        [typeof(LesionMetrics)] = Lesions,
        [typeof(LossBreakdown)] = () => new DiceCeLoss().Breakdown(Given.Logits(), Given.Target()),
        [typeof(LossDecomposition)] = () => LossDecomposition.Of(Given.Logits(), Given.Target()),
        [typeof(LossHead)] = () => new LossHead("a", new DiceCeLoss()),
        [typeof(LossPart)] = () => new DiceCeLoss().Breakdown(Given.Logits(), Given.Target()).Parts[0],
        [typeof(LossSum)] = () => new Dice() + new CrossEntropy(),
        [typeof(MetricReport)] = () => new MetricReport(Confusion(), Overlap(), Calibration()),
        [typeof(MetricSummary)] = () => Overlap().Mean(OverlapMetric.Dice, EmptyPolicies.Monai),
        [typeof(MultiHeadLoss)] = () => new MultiHeadLoss(new LossHead("a", new DiceCeLoss()), new LossHead("b", new DbceLoss())),
        [typeof(OverlapCounts)] = () => new OverlapCounts(1, 2, 3, 4),
        [typeof(OverlapMetrics)] = Overlap,
        [typeof(RegionDecomposition)] = () => LossDecomposition.Of(Given.Logits(), Given.Target()).Regions[0],
        [typeof(RegionSizeDiagnostics)] = Diagnostics,
        [typeof(RegionStatistic)] = () => RegionStatistic.PredictedSize(2),
        [typeof(RegionStatistics)] = () => RegionStatistics.Compute(Given.Logits(), Given.Target(), SegmentationMode.Multiclass, null, RegionStatistic.Overlap, RegionStatistic.PredictedSize()),
        [typeof(SafeAdam)] = () => new SafeAdam([Given.Parameter()], 0.1),
        [typeof(SafeSgd)] = () => new SafeSgd([Given.Parameter()], 0.1) { Momentum = 0.9 },
        [typeof(Schedule)] = () => Schedule.Linear(0, 1, 5),
        [typeof(SegmentationLoss)] = () => new SegmentationLoss(new Dice() + new CrossEntropy()),
        [typeof(SegmentationTarget)] = Given.Target,
        [typeof(SizeBin)] = () => Diagnostics().Sizes[0],
        [typeof(SurfaceDistances)] = () => SurfaceDistances.Compute([true, false, true, true], [false, false, true, true], [2, 2], [1, 2]),
        [typeof(SurfaceMetrics)] = Surfaces,
        [typeof(SurfaceScores)] = () => Surfaces().Image(0, 1),
        [typeof(TermGradient)] = () => Diagnostics().Gradients[0],
        [typeof(VolumeMetrics)] = () => Filled(new VolumeMetrics(3), (m, z, t) => m.AddLogits(z, t, 1, 2)),
        [typeof(VolumeScores)] = () => Filled(new VolumeMetrics(3), (m, z, t) => m.AddLogits(z, t, 1, 2)).Image(0, 1),
        [typeof(WeightedTerm)] = () => new WeightedTerm(0.5, new Dice()),
    };

    /// <summary>What lives only while a user's formula or term on pixels is evaluated.</summary>
    private static readonly Dictionary<Type, Func<Regions, object>> OfRegions = new()
    {
        [typeof(Regions)] = regions => regions,
        [typeof(RegionSet)] = regions => regions.Foreground,
        [typeof(Formula)] = regions => regions.All.Overlap,
        [typeof(LossFormula)] = regions => new LossFormula(regions.All.Overlap.Sum(Axis.Classes)),
    };

    /// <summary>Whether there is an object to call members on; static classes need none.</summary>
    internal static bool Has(Type type) => Makers.ContainsKey(type) || OfRegions.ContainsKey(type) || type == typeof(Pixels) || (!type.IsAbstract && type.GetConstructor([]) is not null);

    internal static void With(Type type, Action<object> use)
    {
        if (OfRegions.TryGetValue(type, out var ofRegions))
        {
            Evaluate(new InFormula(regions => use(ofRegions(regions))));
        }
        else if (type == typeof(Pixels))
        {
            Evaluate(new OnPixels(use));
        }
        else
        {
            var instance = Make(type);
            try
            {
                use(instance);
            }
            finally
            {
                (instance as IDisposable)?.Dispose();
            }
        }
    }

    /// <summary>One that may be handed over as an argument.</summary>
    internal static object Make(Type type) => Makers.TryGetValue(type, out var make) ? make() : Activator.CreateInstance(type)!;

    internal static bool CanMake(Type type) => Makers.ContainsKey(type) || (!type.IsAbstract && type.GetConstructor([]) is not null);

    private static void Evaluate(LossTerm term)
    {
        using var loss = new SegmentationLoss(term);
        using var value = loss.call(Given.Logits(), Given.Target());
    }

    private static T Filled<T>(T metrics, Action<T, Tensor, Tensor> add)
    {
        add(metrics, Given.Logits(), Given.Labels());
        return metrics;
    }

    private static CalibrationMetrics Calibration() => Filled(new CalibrationMetrics(3), (m, z, t) => m.AddLogits(z, t));

    private static ConfusionMetrics Confusion() => Filled(new ConfusionMetrics(3), (m, z, t) => m.AddLogits(z, t));

    private static LesionMetrics Lesions() => Filled(new LesionMetrics(3), (m, z, t) => m.AddLogits(z, t));

    private static OverlapMetrics Overlap() => Filled(new OverlapMetrics(3), (m, z, t) => m.AddLogits(z, t));

    private static SurfaceMetrics Surfaces() => Filled(new SurfaceMetrics(3) { ToleranceMm = [1] }, (m, z, t) => m.AddLogits(z, t, 1, 2));

    private static RegionSizeDiagnostics Diagnostics()
    {
        using var loss = new RceL1Loss();
        var diagnostics = new RegionSizeDiagnostics();
        diagnostics.Add(loss, Given.Logits(), Given.Target());
        return diagnostics;
    }

    /// <summary>Two images of three classes.</summary>
    internal static class Given
    {
        private static readonly Scene Scene = Scenes.Usual(SegmentationMode.Multiclass);

        internal static Tensor Logits() => tensor(Scene.Logits, Scene.Shape, device: CPU);

        internal static Tensor Labels() => tensor(Scene.Labels, Scene.LabelShape, device: CPU);

        internal static SegmentationTarget Target() => new(Labels());

        internal static TorchSharp.Modules.Parameter Parameter() => new(ones(3, ScalarType.Float64, CPU));
    }

    private sealed class InFormula(Action<Regions> use) : RegionTerm("InFormula")
    {
        protected override LossFormula Define(Regions regions)
        {
            use(regions);
            return regions.All.Overlap.Sum(Axis.Classes);
        }
    }

    private sealed class OnPixels(Action<Pixels> use) : PixelTerm("OnPixels")
    {
        protected override Tensor Evaluate(Pixels pixels)
        {
            use(pixels);
            return pixels.NegativeLogLikelihood.mean();
        }
    }
}
