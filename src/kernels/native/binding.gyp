# One library: the sources that are the same everywhere, and kernels.cpp once for each set of instructions.
{
  'variables': {
    # No -ffast-math: it would undo the rounding inside exp. No contraction: what is fused is written as fused, so
    # that all paths round alike. -O3 also in a sanitised build, whose tests would take hours otherwise.
    'flags': [
      '<!@(node -p "require(\'./flags.json\').all.join(\' \')")',
      '<!@(node -p "process.env.GRU_BENCH_SANITIZE ? \'-g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined\' : \'\'")',
    ],
    'link_flags': [
      '<!@(node -p "process.env.GRU_BENCH_SANITIZE ? \'-fsanitize=address,undefined\' : \'\'")',
    ],
    'avx2': ['<!@(node -p "require(\'./flags.json\').avx2.join(\' \')")'],
    'avx512': ['<!@(node -p "require(\'./flags.json\').avx512.join(\' \')")'],
  },
  'target_defaults': {
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20', '-O3'],
    'cflags_cc': ['<@(flags)'],
    'ldflags': ['<@(link_flags)', '-pthread'],
    'xcode_settings': {
      'OTHER_CPLUSPLUSFLAGS': ['<@(flags)'],
      'OTHER_LDFLAGS': ['<@(link_flags)'],
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
    },
  },
  'targets': [
    {
      'target_name': 'gru_bench',
      'sources': ['addon.cpp', 'model.cpp', 'paths.cpp', 'threads.cpp', 'workspace.cpp'],
      'defines': ['NAPI_VERSION=8'],
      'dependencies': ['plain'],
      'conditions': [
        ['target_arch=="x64"', {'dependencies': ['avx2', 'avx512']}],
        ['target_arch=="arm64"', {'dependencies': ['neon']}],
      ],
    },
    {'target_name': 'plain', 'type': 'static_library', 'sources': ['kernels.cpp'], 'defines': ['PATH_PLAIN']},
  ],
  'conditions': [
    ['target_arch=="x64"', {
      'targets': [
        {
          'target_name': 'avx2',
          'type': 'static_library',
          'sources': ['kernels.cpp'],
          'defines': ['PATH_AVX2'],
          'cflags_cc': ['<@(avx2)'],
          'xcode_settings': {'OTHER_CPLUSPLUSFLAGS': ['<@(avx2)']},
        },
        {
          'target_name': 'avx512',
          'type': 'static_library',
          'sources': ['kernels.cpp'],
          'defines': ['PATH_AVX512'],
          'cflags_cc': ['<@(avx512)'],
          'xcode_settings': {'OTHER_CPLUSPLUSFLAGS': ['<@(avx512)']},
        },
      ],
    }],
    ['target_arch=="arm64"', {
      'targets': [
        {'target_name': 'neon', 'type': 'static_library', 'sources': ['kernels.cpp'], 'defines': ['PATH_NEON']},
      ],
    }],
  ],
}
