"""Operations: what IT and officers do beside the nightly job."""
