namespace SegLossBias.Experiments.Settings;

/// <summary>How the files of <c>--data</c> are laid out.</summary>
internal enum DataLayout
{
    /// <summary>images/ and masks/, or train/, val/ and test/ that hold them.</summary>
    Folder,

    /// <summary>Kvasir-SEG: images/ and masks/ of JPEG files.</summary>
    Kvasir,

    /// <summary>CVC-ClinicDB: Original/ and Ground Truth/, PNG or TIFF.</summary>
    CvcClinicDb,

    /// <summary>Retinal Lesions: one folder of masks per picture, one file per lesion.</summary>
    RetinalLesions,

    /// <summary>Cityscapes: leftImg8bit/SPLIT/CITY and gtFine/SPLIT/CITY with label ids.</summary>
    Cityscapes,

    /// <summary>CHASE_DB1: Image_NNX.jpg with Image_NNX_1stHO.png.</summary>
    ChaseDb1,

    /// <summary>NIfTI volumes in one folder: NAME_CHANNEL.nii.gz with NAME_gt.nii.gz.</summary>
    Nifti,

    /// <summary>Medical Segmentation Decathlon: imagesTr/, labelsTr/, dataset.json.</summary>
    Decathlon,

    /// <summary>Generated fundus-like pictures; no files.</summary>
    Generated,
}
